import { checkDocument } from './checkDocument';
import { formatIssue } from './issues';
import { modelFileSchema } from './modelFile';
import { placeholder } from './placeholders';
import { suiteHeadSchema } from './suite';

const suite = { apiVersion: 'ml.internal/v1alpha1', kind: 'EvaluationSuite' };
const check = (value: unknown) =>
  checkDocument('eval/suite.yaml', suiteHeadSchema, value).issues.map(
    formatIssue,
  );

describe('checkDocument', () => {
  it('names each place that is still to be written, and how', () => {
    expect(
      check({
        ...suite,
        metrics: [{ threshold: { min: placeholder('a number') } }],
        label: '  TO BE WRITTEN',
      }),
    ).toEqual([
      "eval/suite.yaml metrics[0].threshold.min: is still to be written\n  → replace the text that begins with 'TO BE WRITTEN' by a number",
      "eval/suite.yaml label: is still to be written\n  → replace the text that begins with 'TO BE WRITTEN'",
    ]);
  });

  it('leaves a text alone that only mentions it', () => {
    expect(check({ ...suite, note: 'Nothing is TO BE WRITTEN here' })).toEqual(
      [],
    );
  });

  it('says it once where a placeholder stands for a list, beside all else', () => {
    const { issues, data } = checkDocument('model.yaml', modelFileSchema, {
      ...{ apiVersion: 'ml.internal/v1alpha1', kind: 'Package' },
      ...{ name: 'a', version: 'v1', description: 'b', owner: 'group:c' },
      ...{ format: 'onnx', artifact: 'model.onnx' },
      interface: {
        inputs: [{ name: 'x', datatype: 'FP32', shape: placeholder('it') }],
        outputs: [{ name: 'y', datatype: 'FP32', shape: [] }],
      },
    });
    expect(data).toBeUndefined();
    expect(issues.map(({ field }) => field)).toEqual([
      'version',
      'interface.inputs[0].shape',
    ]);
  });

  it('ends where a document contains itself', () => {
    const value: Record<string, unknown> = { ...suite };
    value.self = value;
    expect(check(value)).toEqual([]);
  });
});
