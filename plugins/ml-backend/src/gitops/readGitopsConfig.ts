import { resolve } from 'node:path';
import { type Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import type { Person } from './git/GitTree';

export interface GitopsConfig {
  /** Absolute; of the bare repository, or of the copy of the remote one. */
  directory: string;
  branch: string;
  /** A repository on a Git server, instead of the embedded one. */
  remote?: string;
  /** Of the embedded repository, for `git clone`. */
  cloneUrl: string;
  /** Milliseconds. */
  interval: number;
  trustsAuthors: boolean;
  /** Shared with the Git server, which signs its webhooks with it. */
  webhookSecret?: string;
  committer: Person;
}

/** Undefined when no desired state is to be kept in Git. */
export function readGitopsConfig(config: Config): GitopsConfig | undefined {
  const section = config.getOptionalConfig('ml.gitops');
  if (!section || section.getOptionalBoolean('enabled') === false) {
    return undefined;
  }
  const baseUrl = config.getString('backend.baseUrl').replace(/\/+$/, '');
  const authors = section.getOptionalString('authors') ?? 'confirm';
  if (authors !== 'email' && authors !== 'confirm') {
    throw new InputError(
      `ml.gitops.authors: must be email or confirm, not '${authors}'`,
    );
  }
  return {
    directory: resolve(section.getOptionalString('directory') ?? '.ml/git'),
    branch: readBranch(section.getOptionalString('branch') ?? 'main'),
    remote: readRemote(section.getOptionalString('remote')),
    webhookSecret: readSecret(section),
    cloneUrl: `${baseUrl}/git/deployments.git`,
    interval: section.has('interval')
      ? durationToMilliseconds(
          readDurationFromConfig(section, { key: 'interval' }),
        )
      : 10_000,
    trustsAuthors: authors === 'email',
    committer: {
      name: section.getOptionalString('committer.name') ?? 'ML Platform',
      email:
        section.getOptionalString('committer.email') ??
        `ml-platform@${new URL(baseUrl).hostname}`,
    },
  };
}

function readBranch(name: string): string {
  if (/^[\w][\w./-]*$/.test(name) && !/\.\.|\/\/|\/$|\.lock$/.test(name)) {
    return name;
  }
  throw new InputError(`ml.gitops.branch: '${name}' is no name of a branch`);
}

/** Whoever knows it can make the platform look, and no more; guessing it is no way in. */
function readSecret(section: Config): string | undefined {
  const secret = section.getOptionalString('webhookSecret');
  if (secret !== undefined && secret.length < 16) {
    throw new InputError(
      'ml.gitops.webhookSecret: must have at least 16 characters; make one with: openssl rand -hex 32',
    );
  }
  if (secret !== undefined && !section.has('remote')) {
    throw new InputError(
      'ml.gitops.webhookSecret: is for a repository on a Git server; the embedded one needs no webhook',
    );
  }
  return secret;
}

function readRemote(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(
    url?.hostname ?? '',
  );
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback);
  if (!isSafe || url?.username || url?.password) {
    throw new InputError(
      `ml.gitops.remote: must be an HTTPS address without user and password, such as https://github.com/acme/ml-deployments.git; the token comes from 'integrations'`,
    );
  }
  return text;
}
