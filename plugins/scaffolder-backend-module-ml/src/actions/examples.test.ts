import { validate } from 'jsonschema';
import { parse } from 'yaml';
import { createBatchAction } from './createBatchAction';
import { createDeployAction } from './createDeployAction';
import { createEvaluateAction } from './createEvaluateAction';
import { createModelAction } from './createModelAction';
import { createPackageAction } from './createPackageAction';
import { createPromoteAction } from './createPromoteAction';
import { createRegisterAction } from './createRegisterAction';
import { createRepositoryAction } from './createRepositoryAction';
import { createRollbackAction } from './createRollbackAction';

// Nothing is run here, so nothing is asked of these.
const access = {} as never;

const ACTIONS = [
  createBatchAction({ access }),
  createDeployAction({ access }),
  createEvaluateAction({ access }),
  createModelAction({ access }),
  createPackageAction(),
  createPromoteAction({ access }),
  createRegisterAction({ access }),
  createRepositoryAction({ repositories: {} as never }),
  createRollbackAction({ access }),
];

describe.each(ACTIONS.map(action => [action.id, action] as const))(
  'examples of %s',
  (id, action) => {
    it('are steps that its schema accepts', () => {
      expect(action.examples).not.toHaveLength(0);
      for (const { description, example } of action.examples!) {
        expect(description).not.toBe('');
        for (const step of parse(example).steps) {
          expect(step).toMatchObject({
            action: id,
            id: expect.any(String),
            name: expect.any(String),
          });
          expect(inputErrors(step.input)).toEqual([]);
        }
      }
    });

    it('would not be accepted with an input that it does not know', () => {
      expect(inputErrors({ nonsense: true })).not.toEqual([]);
    });

    function inputErrors(input: object): string[] {
      const { properties, required } = action.schema!.input!;
      // The schemas of actions let anything else through.
      const strict = { properties, required, additionalProperties: false };
      return validate(input, { type: 'object', ...strict }).errors.map(String);
    }
  },
);
