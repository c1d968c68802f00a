import { z } from 'zod';
import type { ModelInterface } from '../interface/tensors';

/** @public */
export const batchingSchema = z.strictObject({
  maxRows: z
    .int()
    .min(2)
    .max(65_536)
    .meta({
      description: 'Rows of one run of the model, at most.',
      examples: [32],
    }),
  maxDelayMs: z
    .number()
    .min(0)
    .max(1_000)
    .meta({
      description:
        'How long a request may wait for others, in milliseconds, at most.',
      examples: [2],
    }),
});

/**
 * How requests that come close together are put into one run of the model.
 * @public
 */
export type Batching = z.infer<typeof batchingSchema>;

/** Rows can only be put together where every tensor has rows, of any number. */
export function checkBatching(
  model: {
    format: string;
    interface: ModelInterface;
    batching?: Batching;
  },
  context: z.RefinementCtx,
): void {
  if (!model.batching) return;
  const complain = (message: string) =>
    context.addIssue({ code: 'custom', path: ['batching'], message });
  if (model.format !== 'onnx') {
    complain(`works with 'format: onnx' only, not with '${model.format}'`);
  }
  const { inputs, outputs } = model.interface;
  const fixed = [...inputs, ...outputs].find(({ shape }) => shape[0] !== -1);
  if (fixed) {
    complain(
      `needs -1 as the first dimension of every tensor, but '${
        fixed.name
      }' has the shape [${fixed.shape.join(', ')}]`,
    );
  }
}
