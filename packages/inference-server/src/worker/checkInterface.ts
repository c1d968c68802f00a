import type { ModelInterface, TensorSpec } from '@ml-platform/plugin-ml-common';
import type { InferenceSession } from 'onnxruntime-node';
import { datatypeOf, ORT_TYPE } from './datatypes';
import { formatShape } from '../protocol/shapes';

type Metadata = readonly InferenceSession.ValueMetadata[];

/** Says why a loaded model cannot keep its declared interface; undefined when it can. */
export function findInterfaceMismatch(
  declared: ModelInterface,
  inputs: Metadata,
  outputs: Metadata,
): string | undefined {
  for (const spec of declared.inputs) {
    const problem = compare('input', spec, inputs);
    if (problem) return problem;
  }
  for (const spec of declared.outputs) {
    const problem = compare('output', spec, outputs);
    if (problem) return problem;
  }
  const undeclared = inputs.find(
    real => !declared.inputs.some(({ name }) => name === real.name),
  );
  return (
    undeclared &&
    `the model needs input '${undeclared.name}', which the interface does not declare; add it to model.yaml`
  );
}

function compare(
  side: 'input' | 'output',
  spec: TensorSpec,
  metadata: Metadata,
): string | undefined {
  const real = metadata.find(({ name }) => name === spec.name);
  if (!real) {
    const names = metadata.map(({ name }) => `'${name}'`).join(', ');
    return `the model has no ${side} '${spec.name}'; it has ${names}`;
  }
  if (!real.isTensor) {
    return `${side} '${spec.name}' is not a tensor but a sequence or map; export the model without ZipMap (skl2onnx: options={'zipmap': False})`;
  }
  if (real.type !== ORT_TYPE[spec.datatype]) {
    return `${side} '${spec.name}' is declared as ${
      spec.datatype
    }, but the model has ${datatypeOf(real.type)}`;
  }
  return shapesAgree(side, spec.shape, real.shape)
    ? undefined
    : `${side} '${spec.name}' is declared with shape ${formatShape(
        spec.shape,
      )}, but the model has ${formatShape(real.shape)}`;
}

/**
 * A size that the model fixes binds the interface's inputs; a free one may be
 * declared narrower. The other way round for outputs.
 */
function shapesAgree(
  side: 'input' | 'output',
  declared: readonly number[],
  real: readonly (number | string)[],
): boolean {
  // ONNX Runtime reports an unknown rank as that of a scalar.
  if (real.length === 0) return true;
  return (
    declared.length === real.length &&
    declared.every((size, axis) => {
      const fixed = real[axis];
      if (typeof fixed !== 'number') return true;
      return size === fixed || (side === 'output' && size === -1);
    })
  );
}
