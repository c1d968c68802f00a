import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lineageSchema, PACKAGE_FILES } from '@ml-platform/plugin-ml-common';
import { parseDocument } from 'yaml';
import { ToolError } from '../errors/ToolError';
import { hashFile } from './hashFile';

/**
 * Notes in `model.yaml` the digests of datasets that are files beside it and
 * have none yet, and says so. Comments and order stay as they are.
 *
 * @throws ToolError where a file is not the one whose digest is noted.
 */
export async function noteDigests(directory: string): Promise<string[]> {
  const path = join(directory, PACKAGE_FILES.model);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const document = parseDocument(text);
  // Whatever is wrong with it is told by the validation that follows.
  if (document.errors.length) return [];
  const lineage = lineageSchema.safeParse(document.toJS()?.lineage);
  const notes: string[] = [];
  for (const [index, dataset] of (lineage.data?.datasets ?? []).entries()) {
    const file = dataset.uri && (await localFile(directory, dataset.uri));
    if (!file) continue;
    const field = `lineage.datasets[${index}].digest`;
    const { digest } = await hashFile(file);
    if (dataset.digest === undefined) {
      document.setIn(['lineage', 'datasets', index, 'digest'], digest);
      notes.push(`Noted in ${PACKAGE_FILES.model}: ${field}`);
    } else if (dataset.digest !== digest) {
      throw new ToolError({
        code: 'DATASET_CHANGED',
        message: `${dataset.uri} is not the file that ${field} names: it has ${digest}`,
        hint: 'Put back the file that the model was trained with, or correct the digest if it is this one.',
      });
    }
  }
  if (notes.length) await replace(path, String(document));
  return notes;
}

/** A path such as `data/train.csv`; addresses are left alone. */
async function localFile(directory: string, uri: string) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(uri) || uri.startsWith('/')) return undefined;
  const absolutePath = resolve(directory, uri);
  const found = await stat(absolutePath).catch(() => undefined);
  return found?.isFile()
    ? { path: uri, absolutePath, size: found.size }
    : undefined;
}

async function replace(path: string, text: string) {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
