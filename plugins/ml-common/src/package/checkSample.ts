import type { ModelInterface, TensorSpec } from '../interface/tensors';
import type { PackageIssue } from './issues';

/**
 * Checks a sample request, parsed from the Open Inference Protocol's JSON,
 * against an interface.
 * @public
 */
export function checkSample(
  file: string,
  request: unknown,
  declared: ModelInterface,
): PackageIssue[] {
  const inputs = isRecord(request) ? request.inputs : undefined;
  if (!Array.isArray(inputs)) {
    return [
      {
        file,
        field: 'inputs',
        message: 'is missing: a request is an object with a list of inputs',
        remedy:
          'write {"inputs": [{"name": …, "datatype": …, "shape": […], "data": […]}]}',
      },
    ];
  }
  const issues: PackageIssue[] = [];
  const specs = new Map(declared.inputs.map(spec => [spec.name, spec]));
  const names = declared.inputs.map(spec => `'${spec.name}'`).join(', ');
  const sent = new Set<unknown>();
  inputs.forEach((input: unknown, index) => {
    const field = `inputs[${index}]`;
    const name = isRecord(input) ? input.name : undefined;
    const spec = typeof name === 'string' ? specs.get(name) : undefined;
    if (!isRecord(input) || !spec) {
      issues.push({
        file,
        field: `${field}.name`,
        message: `${
          name === undefined
            ? 'is missing'
            : `'${String(name)}' is not declared`
        }; the model's inputs are ${names}`,
      });
      return;
    }
    if (sent.has(name)) {
      issues.push({
        file,
        field: `${field}.name`,
        message: `'${spec.name}' is sent twice`,
      });
    }
    sent.add(name);
    issues.push(...checkInput(file, field, input, spec));
  });
  for (const spec of declared.inputs.filter(({ name }) => !sent.has(name))) {
    issues.push({
      file,
      field: 'inputs',
      message: `the input '${spec.name}' (${spec.datatype} [${spec.shape.join(
        ', ',
      )}]) is missing`,
    });
  }
  return issues;
}

function checkInput(
  file: string,
  field: string,
  input: Record<string, unknown>,
  spec: TensorSpec,
): PackageIssue[] {
  const { datatype, shape, data } = input;
  if (datatype !== spec.datatype) {
    return [
      {
        file,
        field: `${field}.datatype`,
        message: `'${spec.name}' must be ${spec.datatype}, not ${String(
          datatype,
        )}`,
      },
    ];
  }
  if (
    !Array.isArray(shape) ||
    shape.length !== spec.shape.length ||
    !shape.every(
      (size, axis) =>
        Number.isInteger(size) &&
        size >= 0 &&
        (spec.shape[axis] === -1 || spec.shape[axis] === size),
    )
  ) {
    return [
      {
        file,
        field: `${field}.shape`,
        message: `'${spec.name}' must fit [${spec.shape.join(', ')}], not ${
          JSON.stringify(shape) ?? 'nothing'
        }`,
      },
    ];
  }
  if (!Array.isArray(data)) {
    return [{ file, field: `${field}.data`, message: 'must be a list' }];
  }
  const values: unknown[] = data.flat(Infinity);
  const wanted = shape.reduce<number>((product, size) => product * size, 1);
  if (values.length !== wanted) {
    return [
      {
        file,
        field: `${field}.data`,
        message: `has ${values.length} values, the shape [${shape.join(
          ', ',
        )}] needs ${wanted}`,
      },
    ];
  }
  const expected = elementKind(spec.datatype);
  const wrong = values.findIndex(value => typeof value !== expected);
  return wrong === -1
    ? []
    : [
        {
          file,
          field: `${field}.data`,
          message: `value ${wrong + 1} is ${JSON.stringify(
            values[wrong],
          )}, but ${spec.datatype} needs a ${expected}`,
        },
      ];
}

function elementKind(datatype: TensorSpec['datatype']) {
  if (datatype === 'BOOL') return 'boolean';
  return datatype === 'BYTES' ? 'string' : 'number';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
