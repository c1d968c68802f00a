import type {
  DeploymentFile,
  Environment,
  Strategy,
} from '@ml-platform/plugin-ml-common';
import {
  DEPLOYMENT_FILE_STRATEGIES,
  deploymentFileSchema,
} from '@ml-platform/plugin-ml-common';
import { parseDocument } from 'yaml';

/**
 * The text of a deployment file. Of the one before, comments and strategy
 * stay, if it can be read.
 */
export function writeDeploymentFile(
  wanted: Pick<DeploymentFile, 'model' | 'version'> & {
    environment: Environment;
    digest: string;
    strategy?: Strategy;
  },
  before: string | undefined,
): string {
  const { digest, environment, model, version } = wanted;
  const strategy = DEPLOYMENT_FILE_STRATEGIES.find(
    entry => entry === wanted.strategy,
  );
  const document = before === undefined ? undefined : parseDocument(before);
  if (
    document?.errors.length === 0 &&
    deploymentFileSchema.safeParse(document.toJS()).data?.model === model
  ) {
    document.set('version', version);
    document.set('digest', digest);
    if (strategy) document.set('strategy', strategy);
    return document.toString({ lineWidth: 0 });
  }
  return [
    `# What should run as ${model} in ${environment}. Merge a change of 'version', and it is released.`,
    'apiVersion: ml.internal/v1alpha1',
    'kind: Deployment',
    `model: ${model}`,
    `version: ${version}`,
    `digest: ${digest}`,
    ...(strategy ? [`strategy: ${strategy}`] : []),
    '',
  ].join('\n');
}
