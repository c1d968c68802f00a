import { z } from 'zod';
import { modelNameSchema, versionSchema } from './names';

const sha256 = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256:<64 hex digits>');

/**
 * What a dataset was used for.
 * @public
 */
export const DATASET_ROLES = ['training', 'validation', 'test'] as const;

/** @public */
export type DatasetRole = (typeof DATASET_ROLES)[number];

/**
 * How a version was made from its parent.
 * @public
 */
export const PARENT_RELATIONS = [
  'fine-tuned',
  'distilled',
  'retrained',
] as const;

/** @public */
export type ParentRelation = (typeof PARENT_RELATIONS)[number];

const datasetSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta({ description: 'Name of the dataset.', examples: ['wine'] }),
  uri: z
    .string()
    .meta({
      description:
        'Where it is. A relative path is one in the repository of the training code, or in the package where no repository is named.',
      examples: ['s3://data/wine/2026-01.csv', 'data/wine.csv'],
    })
    .optional(),
  digest: sha256
    .meta({ description: 'SHA-256 of its content, as one file.' })
    .optional(),
  role: z
    .enum(DATASET_ROLES)
    .meta({
      description: 'What it was used for; training where nothing is said.',
    })
    .optional(),
  version: z
    .string()
    .min(1)
    .max(128)
    .meta({
      description: 'Version of the dataset, in the words of who keeps it.',
      examples: ['2026-01'],
    })
    .optional(),
});

const codeSchema = z.strictObject({
  repository: z
    .string()
    .meta({
      description: 'Repository of the training code.',
      examples: ['https://git.example/wine'],
    })
    .optional(),
  commit: z
    .string()
    .meta({
      description: 'Commit it was trained from.',
      examples: ['4f2a9c1'],
    })
    .optional(),
  path: z
    .string()
    .meta({
      description:
        'Path of the training program inside the repository, or inside the package where no repository is named.',
      examples: ['train.py'],
    })
    .optional(),
  digest: sha256
    .meta({ description: 'SHA-256 of the training program.' })
    .optional(),
  command: z
    .string()
    .min(1)
    .max(2000)
    .meta({
      description: 'Command that trains, run in the folder of the program.',
      examples: ['python train.py'],
    })
    .optional(),
});

const parentSchema = z.strictObject({
  model: modelNameSchema.meta({
    description: 'Name of the parent model.',
    examples: ['wine-classifier'],
  }),
  version: versionSchema.meta({
    description: 'Version of the parent model.',
    examples: ['1.0.0'],
  }),
  relation: z
    .enum(PARENT_RELATIONS)
    .meta({ description: 'How this version was made from it.' }),
  digest: sha256
    .meta({ description: 'Digest of the manifest of the parent.' })
    .optional(),
});

/** @public */
export const lineageSchema = z.strictObject({
  datasets: z.array(datasetSchema).max(1000).optional(),
  code: codeSchema.optional(),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .meta({
      description: 'Hyperparameters, by name.',
      examples: [{ trees: 40 }],
    })
    .optional(),
  environment: z
    .record(z.string(), z.string())
    .meta({
      description: 'Versions of Python and of the frameworks it was made with.',
      examples: [{ python: '3.11', 'scikit-learn': '1.7.2' }],
    })
    .optional(),
  lockFile: z
    .strictObject({
      path: z
        .string()
        .min(1)
        .max(512)
        .meta({
          description:
            'Path of the lock file or requirements file, read as that of a dataset.',
          examples: ['requirements.txt'],
        }),
      digest: sha256.meta({ description: 'SHA-256 of that file.' }),
    })
    .meta({ description: 'What pins the environment.' })
    .optional(),
  baseImage: z
    .string()
    .min(1)
    .max(512)
    .meta({
      description: 'Container image it was trained in, best by its digest.',
      examples: ['docker.io/library/python@sha256:…'],
    })
    .optional(),
  run: z
    .strictObject({
      tracker: z
        .string()
        .meta({ description: 'Name of the tracker.', examples: ['mlflow'] }),
      id: z
        .string()
        .meta({ description: 'Id of the run there.', examples: ['8d2c'] }),
      uri: z
        .string()
        .max(2000)
        .meta({
          description: 'Address of the run.',
          examples: ['https://mlflow.example/#/experiments/3/runs/8d2c'],
        })
        .optional(),
    })
    .meta({ description: 'The run of an experiment tracker that made it.' })
    .optional(),
  parents: z
    .array(parentSchema)
    .max(100)
    .meta({ description: 'Versions that it was made from.' })
    .optional(),
});

/**
 * Where a version came from, as its package says.
 * @public
 */
export type Lineage = z.infer<typeof lineageSchema>;
