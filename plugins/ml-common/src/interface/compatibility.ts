import type { ModelInterface, TensorSpec } from './tensors';

/**
 * A change of the interface that would break a caller of the older version.
 * @public
 */
export interface BreakingChange {
  /** The offending tensor. */
  tensor: string;
  side: 'inputs' | 'outputs';
  /** One sentence: what changed. */
  message: string;
}

/**
 * Lists what in `next` breaks a caller written against `previous`.
 *
 * @remarks
 * A caller sends inputs and reads outputs. So an input may become more
 * permissive (a fixed dimension becomes -1) but not stricter, a new input or a
 * missing one breaks, and a new output is harmless while a missing one is not.
 *
 * @public
 */
export function findBreakingChanges(
  previous: ModelInterface,
  next: ModelInterface,
): BreakingChange[] {
  const changes: BreakingChange[] = [];
  for (const side of ['inputs', 'outputs'] as const) {
    const after = new Map(next[side].map(tensor => [tensor.name, tensor]));
    const before = new Set(previous[side].map(tensor => tensor.name));
    for (const tensor of previous[side]) {
      const counterpart = after.get(tensor.name);
      if (!counterpart) {
        changes.push({
          tensor: tensor.name,
          side,
          message: `${singular(side)} '${tensor.name}' was removed`,
        });
        continue;
      }
      changes.push(...compareTensor(side, tensor, counterpart));
    }
    if (side === 'inputs') {
      for (const tensor of next.inputs) {
        if (!before.has(tensor.name)) {
          changes.push({
            tensor: tensor.name,
            side,
            message: `input '${tensor.name}' was added, and callers do not send it`,
          });
        }
      }
    }
  }
  return changes;
}

function compareTensor(
  side: 'inputs' | 'outputs',
  before: TensorSpec,
  after: TensorSpec,
): BreakingChange[] {
  const label = `${singular(side)} '${before.name}'`;
  if (before.datatype !== after.datatype) {
    return [
      {
        tensor: before.name,
        side,
        message: `${label} changed from ${before.datatype} to ${after.datatype}`,
      },
    ];
  }
  const [giver, taker] = side === 'inputs' ? [before, after] : [after, before];
  const fits =
    giver.shape.length === taker.shape.length &&
    taker.shape.every(
      (size, axis) => size === -1 || size === giver.shape[axis],
    );
  return fits
    ? []
    : [
        {
          tensor: before.name,
          side,
          message: `${label} changed its shape from [${before.shape}] to [${after.shape}]`,
        },
      ];
}

function singular(side: 'inputs' | 'outputs') {
  return side === 'inputs' ? 'input' : 'output';
}
