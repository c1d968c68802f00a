import { z } from 'zod';
import { relativePath } from './relativePath';

/** @public */
export const FORMATS = ['onnx', 'mlserver', 'container'] as const;

/** @public */
export type Format = (typeof FORMATS)[number];

/**
 * Runtimes of MLServer that a package may ask for, with the value of
 * `implementation` in MLServer's `model-settings.json` and the Python
 * packages of which its requirements must name one.
 * @public
 */
export const MLSERVER_RUNTIMES = {
  sklearn: {
    implementation: 'mlserver_sklearn.SKLearnModel',
    packages: ['scikit-learn'],
  },
  xgboost: {
    implementation: 'mlserver_xgboost.XGBoostModel',
    packages: ['xgboost', 'xgboost-cpu'],
  },
  lightgbm: {
    implementation: 'mlserver_lightgbm.LightGBMModel',
    packages: ['lightgbm'],
  },
  mlflow: {
    implementation: 'mlserver_mlflow.MLflowRuntime',
    packages: ['mlflow', 'mlflow-skinny'],
  },
} as const;

/** @public */
export type MlserverRuntime = keyof typeof MLSERVER_RUNTIMES;

/** @public */
export const mlserverSchema = z.strictObject({
  runtime: z.enum(Object.keys(MLSERVER_RUNTIMES) as [MlserverRuntime]).meta({
    description: 'Which of its runtimes loads the artifact.',
    examples: ['sklearn'],
  }),
  python: z
    .string()
    .regex(
      /^3\.\d{1,2}(\.\d{1,3})?$/,
      "must be a version of Python such as '3.11', in quotes",
    )
    .meta({
      description: 'Version of Python it was made with.',
      examples: ['3.11'],
    }),
  requirements: relativePath.meta({
    description:
      'Path of a requirements file with an exact version (`==`) on each line.',
    examples: ['requirements.txt'],
  }),
  acceptImports: z
    .array(z.string().min(1).max(512))
    .max(100)
    .meta({
      description:
        'Classes and functions that the pickle imports although they are of no known library; somebody has looked at each.',
      examples: [['fraud_features.Encoder']],
    })
    .optional(),
});

const httpPath = z
  .string()
  .max(512)
  .regex(/^\/[^\s?#]*$/, 'must be a path that begins with a slash');

/** @public */
export const containerSchema = z
  .strictObject({
    image: z
      .string()
      .max(512)
      .regex(
        /^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$/,
        'must be an OCI image pinned by its digest, such as registry.example/team/fraud@sha256:<64 hex digits>; a tag alone may move',
      )
      .meta({
        description: 'OCI image of the server, pinned by digest.',
        examples: [`registry.example/risk/fraud@sha256:${'0'.repeat(64)}`],
      })
      .optional(),
    command: z
      .array(z.string().min(1).max(4096))
      .min(1)
      .max(64)
      .meta({
        description:
          'Instead of an image: program and arguments, run in the directory of the package.',
        examples: [['python', 'server.py']],
      })
      .optional(),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .meta({
        description: 'TCP port that the server listens on.',
        examples: [8080],
      }),
    model: z
      .string()
      .max(256)
      .regex(
        /^[\w.-]+$/,
        'must be letters, digits, dots, dashes and underscores',
      )
      .meta({
        description:
          'Name that the server knows the model by. Default: the `name` of the package.',
        examples: ['fraud'],
      })
      .optional(),
    live: httpPath
      .meta({
        description:
          'Path that answers 200 while the process runs. Default: `/v2/health/live`.',
        examples: ['/healthz'],
      })
      .optional(),
    ready: httpPath
      .meta({
        description:
          'Path that answers 200 once predictions can be made. Default: `/v2/health/ready`.',
        examples: ['/readyz'],
      })
      .optional(),
  })
  .superRefine(({ image, command }, context) => {
    if ((image === undefined) !== (command === undefined)) return;
    context.addIssue({
      code: 'custom',
      path: [],
      message: image
        ? 'must have either image or command, not both'
        : 'must have an image, or the command that starts the server',
    });
  });

interface FormatBlocks {
  format: Format;
  artifact?: string;
  mlserver?: unknown;
  container?: unknown;
}

/** A format comes with what it needs, and with nothing of another one. */
export function checkFormatBlocks(
  model: FormatBlocks,
  context: z.RefinementCtx,
): void {
  const { format } = model;
  const complain = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (format !== 'container' && model.artifact === undefined) {
    complain(
      'artifact',
      `is missing; with 'format: ${format}' it must name the model file`,
    );
  }
  for (const block of ['mlserver', 'container'] as const) {
    if (format === block && model[block] === undefined) {
      complain('format', `'${block}' needs a block '${block}:' beside it`);
    }
    if (format !== block && model[block] !== undefined) {
      complain(block, `belongs to 'format: ${block}', not to '${format}'`);
    }
  }
}

const when = (format: Format, then: object) => ({
  if: { properties: { format: { const: format } }, required: ['format'] },
  then,
});

/** The same as {@link checkFormatBlocks}, for editors that know JSON Schema. */
export const conditions = [
  when('onnx', {
    required: ['artifact'],
    properties: { mlserver: false, container: false },
  }),
  when('mlserver', {
    required: ['artifact', 'mlserver'],
    properties: { container: false },
  }),
  when('container', {
    required: ['container'],
    properties: { mlserver: false },
  }),
];
