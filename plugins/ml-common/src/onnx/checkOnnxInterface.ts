import type { ModelInterface, TensorSpec } from '../interface/tensors';
import type { PackageIssue } from '../package/issues';
import type { OnnxInterface, OnnxTensor } from './types';

/** @public */
export interface CheckOnnxInterfaceOptions {
  /** What `model.yaml` declares. */
  declared: ModelInterface;
  /** What the file says. */
  actual: OnnxInterface;
  /** The file that declares, for the issues; `model.yaml` by default. */
  file?: string;
}

/**
 * Compares the declared interface with the one in the ONNX file.
 *
 * @remarks
 * A declared dimension may be narrower than the model's (a fixed batch where
 * the model takes any), never wider. Outputs of the model may be left out of
 * the declaration, required inputs may not.
 *
 * @public
 */
export function checkOnnxInterface(
  options: CheckOnnxInterfaceOptions,
): PackageIssue[] {
  const { declared, actual, file = 'model.yaml' } = options;
  const issues: PackageIssue[] = actual.unsupported.map(value => ({
    file,
    field: `interface.${value.side}`,
    message: `the model's ${singular(value.side)} '${value.name}' is a ${
      value.type
    }, which is not a tensor and cannot be served`,
    remedy: value.type.includes('map(')
      ? 'export the model again without it; for scikit-learn: to_onnx(model, …, options={"zipmap": False})'
      : 'export the model again with plain tensors only',
  }));
  for (const side of ['inputs', 'outputs'] as const) {
    issues.push(...checkSide(side, declared, actual, file));
  }
  return issues;
}

function checkSide(
  side: 'inputs' | 'outputs',
  declared: ModelInterface,
  actual: OnnxInterface,
  file: string,
): PackageIssue[] {
  const required = actual[side];
  const known =
    side === 'inputs' ? [...required, ...actual.optionalInputs] : required;
  const byName = new Map(known.map(tensor => [tensor.name, tensor]));
  const unsupported = new Set(actual.unsupported.map(value => value.name));
  const issues: PackageIssue[] = [];
  declared[side].forEach((tensor, index) => {
    const field = `interface.${side}[${index}]`;
    const found = byName.get(tensor.name);
    if (found) {
      issues.push(...checkTensor(side, field, tensor, found, file));
    } else if (!unsupported.has(tensor.name)) {
      issues.push({
        file,
        field: `${field}.name`,
        message: `the model has no ${singular(side)} '${
          tensor.name
        }'; its ${side} are ${list(known)}`,
        remedy: `use a name that the model has, or export the model with '${tensor.name}'`,
      });
    }
  });
  if (side === 'inputs') {
    const names = new Set(declared.inputs.map(tensor => tensor.name));
    for (const tensor of required.filter(({ name }) => !names.has(name))) {
      issues.push({
        file,
        field: 'interface.inputs',
        message: `the model requires the input ${describe(
          tensor,
        )}, which is not declared`,
        remedy: `add it: { name: ${tensor.name}, datatype: ${
          tensor.datatype
        }, shape: [${tensor.shape ?? '…'}] }`,
      });
    }
  }
  return issues;
}

function checkTensor(
  side: 'inputs' | 'outputs',
  field: string,
  declared: TensorSpec,
  actual: OnnxTensor,
  file: string,
): PackageIssue[] {
  const label = `${singular(side)} '${declared.name}'`;
  const issues: PackageIssue[] = [];
  if (declared.datatype !== actual.datatype) {
    issues.push({
      file,
      field: `${field}.datatype`,
      message: `${label} is declared as ${declared.datatype}, the model has ${actual.datatype}`,
      remedy: `write datatype: ${actual.datatype}`,
    });
  }
  if (actual.shape && !fits(side, declared.shape, actual.shape)) {
    issues.push({
      file,
      field: `${field}.shape`,
      message: `${label} is declared with the shape [${declared.shape}], the model has [${actual.shape}]`,
      remedy: `write shape: [${actual.shape.join(', ')}]`,
    });
  }
  return issues;
}

/**
 * An input must stay within what the model takes. An output must promise no
 * more than the model does, yet exporters often leave an output's size open,
 * so an open dimension of the model agrees with any declared one.
 */
function fits(
  side: 'inputs' | 'outputs',
  declared: readonly number[],
  actual: readonly number[],
): boolean {
  if (declared.length !== actual.length) return false;
  return declared.every((size, axis) => {
    if (actual[axis] === -1 || size === actual[axis]) return true;
    // A wider promise about an output is harmless: callers must cope with any size.
    return side === 'outputs' && size === -1;
  });
}

function list(tensors: readonly OnnxTensor[]): string {
  return tensors.length ? tensors.map(describe).join(', ') : 'none';
}

function describe(tensor: OnnxTensor): string {
  const shape = tensor.shape ? `[${tensor.shape.join(', ')}]` : 'of any shape';
  return `'${tensor.name}' (${tensor.datatype} ${shape})`;
}

function singular(side: 'inputs' | 'outputs') {
  return side === 'inputs' ? 'input' : 'output';
}
