import { z } from 'zod';
import { batchingSchema, checkBatching } from './batching';
import { modelInterfaceSchema } from '../interface/tensors';
import {
  checkFormatBlocks,
  conditions,
  containerSchema,
  FORMATS,
  mlserverSchema,
} from './formats';
import { lineageSchema } from './lineage';
import { monitoringSchema } from './monitoring';
import { modelNameSchema, versionSchema } from './names';
import { relativePath } from './relativePath';
import { resourcesSchema } from './resources';

const entityRef = (kinds: string) =>
  z
    .string()
    .max(253)
    .regex(
      new RegExp(`^(?:(?:${kinds}):)?(?:[\\w.-]+/)?[\\w.-]+$`, 'i'),
      `must be an entity reference such as ${kinds.split('|')[0]}:default/name`,
    );

/**
 * `model.yaml`: what a package says about itself.
 * @public
 */
export const modelFileSchema = z
  .strictObject({
    apiVersion: z.literal('ml.internal/v1alpha1'),
    kind: z.literal('Package'),
    name: modelNameSchema.meta({
      description: 'Name of the model: lower-case letters, digits and dashes.',
      examples: ['wine-classifier'],
    }),
    version: versionSchema.meta({
      description:
        'Semantic version; its major is the API version. A registered version never changes.',
      examples: ['1.0.0'],
    }),
    title: z
      .string()
      .min(1)
      .max(120)
      .meta({ description: 'Name for people.', examples: ['Wine classifier'] })
      .optional(),
    description: z
      .string()
      .min(1)
      .max(4000)
      .meta({
        description: 'What the model tells, and from what.',
        examples: ['Tells which cultivar a wine was made from.'],
      }),
    owner: entityRef('group|user').meta({
      description: 'The team that owns the model; fixed by its first version.',
      examples: ['group:default/quality-team'],
    }),
    system: entityRef('system')
      .meta({
        description: 'System that the model is part of.',
        examples: ['system:default/cellar'],
      })
      .optional(),
    dependsOn: z
      .array(entityRef('component|resource|model|api'))
      .meta({
        description: 'What it depends on, as entity references.',
        examples: [['resource:default/wine-data']],
      })
      .optional(),
    tags: z
      .array(
        z
          .string()
          .max(63)
          .regex(
            /^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$/,
            'must be lower-case letters, digits and dashes',
          ),
      )
      .max(32)
      .meta({
        description: 'Words to find it by.',
        examples: [['classification', 'tabular']],
      })
      .optional(),
    format: z.enum(FORMATS).meta({
      description: 'What kind of model it is, and so what serves it.',
      examples: ['onnx'],
    }),
    artifact: relativePath
      .meta({
        description:
          'Path of the model file inside the package; for `runtime: mlflow`, of its `MLmodel`. A container needs none.',
        examples: ['model.onnx'],
      })
      .optional(),
    mlserver: mlserverSchema
      .meta({
        description: 'How MLServer runs it; with `format: mlserver` only.',
      })
      .optional(),
    container: containerSchema
      .meta({
        description:
          'What starts your server, and where it answers; with `format: container` only.',
      })
      .optional(),
    resources: resourcesSchema
      .meta({
        description: 'Processes, memory and time that it needs to be served.',
      })
      .optional(),
    samples: z
      .array(relativePath)
      .meta({
        description:
          "Paths of requests that work, in the Open Inference Protocol's JSON.",
        examples: [['samples/request.json']],
      })
      .optional(),
    interface: modelInterfaceSchema.meta({
      description: 'Named, typed inputs and outputs: the promise to callers.',
    }),
    batching: batchingSchema
      .meta({
        description:
          'Puts requests that come close together into one run of the model. Only for models that treat each row by itself.',
      })
      .optional(),
    monitoring: monitoringSchema
      .meta({ description: 'What is kept of predictions, for monitoring.' })
      .optional(),
    lineage: lineageSchema
      .meta({ description: 'Where the model came from.' })
      .optional(),
  })
  .superRefine(checkFormatBlocks)
  .superRefine(checkBatching)
  .meta({ allOf: conditions });

/** @public */
export type ModelFile = z.infer<typeof modelFileSchema>;
