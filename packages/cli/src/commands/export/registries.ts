import { text } from 'node:stream/consumers';
import { LayoutSource } from '../../oci/LayoutSource';
import type { ContentSource } from '../../oci/ContentSource';
import {
  isRegistryReference,
  parseReference,
  type RegistryReference,
} from '../../oci/parseReference';
import { RegistrySource } from '../../oci/RegistrySource';
import { findCredentials } from '../../connection/findCredentials';
import { REQUEST_ID } from '../../connection/requestId';
import { type Credentials, RegistryClient } from '@ml-platform/packaging';
import { usageError } from '../parseRef';
import type { ExportOptions } from './command';

/** The registry that is written to, as whom the options and the environment say. */
export async function openTarget(
  target: RegistryReference,
  options: ExportOptions,
  env: NodeJS.ProcessEnv,
): Promise<RegistryClient> {
  const credentials =
    (await givenCredentials(options, env)) ??
    (await findCredentials(target.host, target.repository, env));
  return new RegistryClient({
    base: target.base,
    credentials,
    requestId: REQUEST_ID,
  });
}

/** A base image in a registry or on disk. An account that was given for the target goes nowhere else. */
export async function openBase(
  base: string,
  options: ExportOptions,
  env: NodeJS.ProcessEnv,
): Promise<{ source: ContentSource; reference?: string }> {
  if (!isRegistryReference(base)) {
    return { source: await LayoutSource.open(base) };
  }
  const { host, repository, tag, digest, ...found } = parseReference(
    '--base',
    base,
    options,
  );
  const credentials = await findCredentials(host, repository, env);
  const registry = new RegistryClient({
    base: found.base,
    credentials,
    requestId: REQUEST_ID,
  });
  return {
    source: new RegistrySource(registry, repository),
    reference: digest ?? tag,
  };
}

async function givenCredentials(
  { username, passwordStdin }: ExportOptions,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const name = username ?? env.ML_EXPORT_USERNAME;
  const password = passwordStdin
    ? (await text(process.stdin)).replace(/\r?\n$/, '')
    : env.ML_EXPORT_PASSWORD;
  if (name && password) return { username: name, password };
  if (name) {
    throw usageError(
      `There is no password for '${name}'`,
      'Give it with --password-stdin or in ML_EXPORT_PASSWORD.',
    );
  }
  if (password) {
    throw usageError(
      'There is a password, and no user name for it',
      'Give it with --username or in ML_EXPORT_USERNAME.',
    );
  }
  return undefined;
}
