import { z } from 'zod';
import { modelNameSchema, versionSchema } from '../package/names';
import { type Environment, ENVIRONMENTS } from '../releases/types';

/**
 * Strategies that a file in Git may name. A shadow leads to no other desired
 * state, so it is none of them.
 * @public
 */
export const DEPLOYMENT_FILE_STRATEGIES = [
  'canary',
  'blueGreen',
  'immediate',
] as const;

/**
 * `environments/<environment>/<team>/<model>.yaml`: what should run.
 * @public
 */
export const deploymentFileSchema = z.strictObject({
  apiVersion: z.literal('ml.internal/v1alpha1'),
  kind: z.literal('Deployment'),
  model: modelNameSchema.meta({
    description: 'Name of the model; the name of the file as well',
    examples: ['wine-classifier'],
  }),
  version: versionSchema.meta({
    description: 'Version that should be live',
    examples: ['1.1.0'],
  }),
  digest: z
    .string()
    .regex(
      /^sha256:[0-9a-f]{64}$/,
      "must be sha256: and 64 hexadecimal digits; 'ml versions get' shows it",
    )
    .optional()
    .meta({
      description:
        'Digest of that version; checked where it is given. The platform always writes it',
    }),
  strategy: z.enum(DEPLOYMENT_FILE_STRATEGIES).optional().meta({
    description:
      "How a change of `version` goes out; the environment's default when absent",
  }),
});

/** @public */
export type DeploymentFile = z.infer<typeof deploymentFileSchema>;

/** Folder that holds all deployment files. @public */
export const DEPLOYMENT_FILES_ROOT = 'environments';

/**
 * The folder of an owner: the name of a group in the default namespace, and
 * kind or namespace before it for any other.
 * @public
 */
export function teamFolderOf(owner: string): string {
  const match = /^([^:]+):([^/]+)\/(.+)$/.exec(owner.toLowerCase());
  if (!match) return owner.toLowerCase().replace(/[^a-z0-9._-]/g, '-');
  const [, kind, namespace, name] = match;
  return [
    ...(kind === 'group' ? [] : [kind]),
    ...(namespace === 'default' ? [] : [namespace]),
    name,
  ].join('.');
}

/** @public */
export function deploymentFilePath(deployment: {
  environment: Environment;
  owner: string;
  model: string;
}): string {
  const { environment, model, owner } = deployment;
  return `${DEPLOYMENT_FILES_ROOT}/${environment}/${teamFolderOf(
    owner,
  )}/${model}.yaml`;
}

/** Whether a path of the repository is one that the platform reads. @public */
export function isDeploymentFilePath(path: string): boolean {
  return path.startsWith(`${DEPLOYMENT_FILES_ROOT}/`) && /\.ya?ml$/i.test(path);
}

/**
 * Takes the path of a deployment file apart.
 * @public
 */
export function parseDeploymentFilePath(
  path: string,
):
  | { environment: Environment; team: string; model: string }
  | { error: string } {
  const [root, environment, team, file, ...rest] = path.split('/');
  if (root !== DEPLOYMENT_FILES_ROOT || !file || rest.length) {
    return {
      error: `lies in the wrong folder; a deployment file is ${DEPLOYMENT_FILES_ROOT}/<environment>/<team>/<model>.yaml`,
    };
  }
  const known = ENVIRONMENTS.find(entry => entry === environment);
  if (!known) {
    return {
      error: `names an environment that does not exist: '${environment}' is none of ${ENVIRONMENTS.join(
        ', ',
      )}`,
    };
  }
  const model = file.replace(/\.yaml$/, '');
  if (model === file || !modelNameSchema.safeParse(model).success) {
    return {
      error: `must be named <model>.yaml, with the name of a model: '${file}' is not`,
    };
  }
  return { environment: known, team, model };
}
