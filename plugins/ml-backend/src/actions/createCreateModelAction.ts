import { type NewModel, newModelSchema } from '@ml-platform/plugin-ml-common';
import { contextOf } from '../http/requestContext';
import { validate } from '../http/validate';
import type { ActionOptions } from './ActionOptions';
import { modelInput } from './inputs';
import { modelOutput } from './outputs';
import { FIND_MODELS, withHint } from './withHint';

export function createCreateModelAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'creation'>,
): void {
  const { actionsRegistry, creation } = options;
  actionsRegistry.register({
    name: 'create-model',
    title: 'Create a machine learning model without a version',
    description: `Creates a machine learning model that has no version yet, which takes its name for the team and shows it in the software catalog.
register-version gives it versions; the first one brings the description that counts. A model that exists need not be created, and creating the same one again changes nothing. To start a repository with code as well, use the software template new-model.`,
    attributes: { readOnly: false, destructive: false, idempotent: true },
    examples: [
      {
        title: 'A model of the fraud team',
        input: {
          model: 'fraud-detector',
          description: 'Tells how likely a payment is fraud.',
          owner: 'group:default/fraud-team',
        },
      },
    ],
    schema: {
      input: zod =>
        zod.strictObject({
          model: modelInput(zod),
          title: zod.string().min(1).max(120).optional(),
          description: zod
            .string()
            .min(1)
            .max(4000)
            .describe('What the model tells, and from what'),
          owner: zod
            .string()
            .max(253)
            .describe(
              'Entity reference of the owning team, for instance group:default/fraud-team. It stays',
            ),
          system: zod
            .string()
            .max(253)
            .optional()
            .describe('Entity reference of the system it is part of'),
          tags: zod.array(zod.string().max(63)).max(32).optional(),
        }),
      output: zod => modelOutput(zod),
    },
    action: async ({ credentials, input }) => {
      const { model: name, ...facts } = input;
      const request: NewModel = validate(newModelSchema, { name, ...facts });
      const { model } = await withHint(
        creation.create(contextOf(credentials), request),
        { conflict: FIND_MODELS },
      );
      return { output: { ...model, deployments: [] } };
    },
  });
}
