import { z } from 'zod';

/**
 * Tensor datatypes of the Open Inference Protocol v2.
 * @public
 */
export const DATATYPES = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BYTES',
] as const;

/** @public */
export type Datatype = (typeof DATATYPES)[number];

/**
 * One named, typed tensor of a model's interface.
 * @public
 */
export const tensorSpecSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(256)
    .meta({
      description: 'Name of the tensor, exactly as in the model; case counts.',
      examples: ['features'],
    }),
  datatype: z.enum(DATATYPES).meta({
    description: 'Datatype of the Open Inference Protocol.',
    examples: ['FP32'],
  }),
  shape: z
    .array(z.int().min(-1))
    .max(16)
    .meta({
      description:
        'Dimensions; -1 is one that the caller chooses, the batch for instance.',
      examples: [[-1, 13]],
    }),
  description: z
    .string()
    .max(2000)
    .meta({
      description: 'What the values mean, with their unit.',
      examples: ['Age in years.'],
    })
    .optional(),
  pii: z
    .boolean()
    .meta({
      description:
        'The tensor carries personal data: its values never reach a log.',
      examples: [true],
    })
    .optional(),
});

/** @public */
export type TensorSpec = z.infer<typeof tensorSpecSchema>;

/** @public */
export const modelInterfaceSchema = z
  .strictObject({
    inputs: z
      .array(tensorSpecSchema)
      .min(1)
      .meta({ description: 'Every input that a caller has to send.' }),
    outputs: z
      .array(tensorSpecSchema)
      .min(1)
      .meta({ description: 'The outputs that callers may rely on.' }),
  })
  .superRefine((value, context) => {
    for (const side of ['inputs', 'outputs'] as const) {
      const seen = new Set<string>();
      value[side].forEach((tensor, index) => {
        if (seen.has(tensor.name)) {
          context.addIssue({
            code: 'custom',
            path: [side, index, 'name'],
            message: `the name '${tensor.name}' is used twice among the ${side}`,
          });
        }
        seen.add(tensor.name);
      });
    }
  });

/**
 * Named, typed inputs and outputs of a model.
 * @public
 */
export type ModelInterface = z.infer<typeof modelInterfaceSchema>;

/**
 * Whether any tensor carries personal data, so that nothing which might quote
 * a value may be shown or logged.
 * @public
 */
export function hasPersonalData(subject: {
  interface: ModelInterface;
}): boolean {
  const { inputs, outputs } = subject.interface;
  return [...inputs, ...outputs].some(({ pii }) => pii);
}
