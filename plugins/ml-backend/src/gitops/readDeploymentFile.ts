import { YamlFile } from '@ml-platform/packaging';
import {
  checkDocument,
  type DeploymentFile,
  deploymentFilePath,
  deploymentFileSchema,
  type Environment,
  type GitopsIssue,
  parseDeploymentFilePath,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { checkReleasable } from '../releases/checkReleasable';
import type { TreeFile } from './git/GitTree';

/** A file is a handful of lines. */
export const MAX_FILE_BYTES = 64 * 1024;

/** A file of a commit, with all that is wrong with it. */
export interface ReadFile {
  path: string;
  environment?: Environment;
  model?: string;
  file?: DeploymentFile;
  issues: GitopsIssue[];
}

/** What a file is checked against. */
export interface KnownModels {
  getModel(name: string): Promise<{ owner: string } | undefined>;
  getVersion(model: string, version: string): Promise<Version | undefined>;
}

/** Reads one file and checks it by itself and against the registry. */
export async function readDeploymentFile(
  entry: TreeFile,
  content: Buffer | undefined,
  known: KnownModels,
): Promise<ReadFile> {
  const { path } = entry;
  const whole = (message: string) => [{ line: 1, field: '', message }];
  const place = parseDeploymentFilePath(path);
  if ('error' in place) return { path, issues: whole(place.error) };
  const { environment, model } = place;
  const read = { path, environment, model };
  if (!entry.mode.startsWith('100')) {
    return { ...read, issues: whole('is no plain file') };
  }
  if (entry.size > MAX_FILE_BYTES || !content) {
    return {
      ...read,
      issues: whole(`is larger than ${MAX_FILE_BYTES / 1024} KiB`),
    };
  }
  const yaml = YamlFile.parse(path, content.toString('utf8'));
  const checked = yaml.issues.length
    ? { issues: yaml.issues }
    : checkDocument(path, deploymentFileSchema, yaml.value);
  const issues = checked.issues.map(issue => ({
    field: issue.field,
    message: issue.remedy ? `${issue.message}; ${issue.remedy}` : issue.message,
    line: issue.line ?? yaml.lineOf(issue.field) ?? 1,
  }));
  const file = 'data' in checked ? checked.data : undefined;
  if (!file || issues.length) return { ...read, issues };
  const wrong = await findContradiction(file, { ...place, path }, known);
  return wrong
    ? {
        ...read,
        issues: [{ ...wrong, line: yaml.lineOf(wrong.field) ?? 1 }],
      }
    : { ...read, file, issues: [] };
}

async function findContradiction(
  file: DeploymentFile,
  place: { environment: Environment; model: string; path: string },
  known: KnownModels,
): Promise<Omit<GitopsIssue, 'line'> | undefined> {
  const { digest, model, version } = file;
  if (model !== place.model) {
    return {
      field: 'model',
      message: `is '${model}', but the file is named ${place.model}.yaml`,
    };
  }
  const owned = await known.getModel(model);
  if (!owned) {
    return { field: 'model', message: `there is no model '${model}'` };
  }
  const expected = deploymentFilePath({ ...place, owner: owned.owner });
  if (place.path !== expected) {
    return {
      field: '',
      message: `lies in the folder of another team: ${model} belongs to ${owned.owner}, so its file is ${expected}`,
    };
  }
  const found = await known.getVersion(model, version);
  if (!found) {
    return {
      field: 'version',
      message: `${model} has no version ${version}; 'ml versions list ${model}' shows those it has`,
    };
  }
  if (digest && digest !== found.digest) {
    return {
      field: 'digest',
      message: `is not that of ${model}@${version}, which is ${found.digest}; correct it, or leave it out`,
    };
  }
  try {
    checkReleasable(found, place.environment);
  } catch (error) {
    return { field: 'version', message: (error as Error).message };
  }
  return undefined;
}

/** As compilers say it: `environments/staging/…/x.yaml:7 version: …`. */
export function formatGitopsIssue(path: string, issue: GitopsIssue): string {
  const field = issue.field && `${issue.field}: `;
  return `${path}:${issue.line} ${field}${issue.message}`;
}
