import {
  DEPLOYMENT_FILES_ROOT,
  type Environment,
  type GitopsCommit,
  type GitopsCommitRef,
} from '@ml-platform/plugin-ml-common';
import type { Git } from './Git';

const TRAILERS = {
  release: 'Ml-Release',
  model: 'Ml-Model',
  environment: 'Ml-Environment',
  version: 'Ml-Version',
  outcome: 'Ml-Outcome',
  actor: 'Ml-Actor',
  reason: 'Ml-Reason',
} as const;

const FORMAT = [
  '%H',
  '%an',
  '%ae',
  '%aI',
  '%s',
  '%cn',
  '%ce',
  ...Object.values(TRAILERS).map(
    key => `%(trailers:key=${key},valueonly,unfold,separator=%x20)`,
  ),
].join('%x1f');

/** Commits from one on, newest first. */
export async function readLog(
  git: Git,
  from: string,
  query: { model?: string; environment?: Environment; limit: number },
): Promise<GitopsCommit[]> {
  const { environment, limit, model } = query;
  const all = ['log', '-z', `--format=${FORMAT}`];
  if (!model && !environment) {
    return parse(await git.run([...all, `-${limit}`, from, '--']));
  }
  // Ours that change no file are found by what is written beneath them.
  const trailers = [
    ...(model ? [`--grep=^Ml-Model: ${model}$`] : []),
    ...(environment ? [`--grep=^Ml-Environment: ${environment}$`] : []),
  ];
  const files = `:(glob)${DEPLOYMENT_FILES_ROOT}/${environment ?? '*'}/*/${
    model ?? '*'
  }.yaml`;
  const found = await Promise.all([
    git.run(['rev-list', `-${limit}`, '--all-match', ...trailers, from, '--']),
    git.run(['rev-list', `-${limit}`, from, '--', files]),
  ]);
  const ids = [...new Set(found.join('').split('\n').filter(Boolean))];
  if (!ids.length) return [];
  const commits = parse(
    await git.run([...all, '--no-walk=sorted', '--stdin'], {
      input: ids.join('\n'),
    }),
  );
  return commits.slice(0, limit);
}

/** The commit that changed a file last. */
export async function lastChangeOf(
  git: Git,
  head: string,
  path: string,
  env?: Record<string, string>,
): Promise<GitopsCommitRef> {
  const [found] = parse(
    await git.run(['log', '-z', '-1', `--format=${FORMAT}`, head, '--', path], {
      // Whatever people put into the names of files.
      env: { ...env, GIT_LITERAL_PATHSPECS: '1' },
    }),
  );
  if (!found) throw new Error(`No commit of ${head} has ${path}`);
  const { at, author, committerEmail, email, id, subject } = found;
  return { id, author, email, at, subject, committerEmail };
}

/** Files that any commit after one changed; undefined when that is no ancestor. */
export async function changedSince(
  git: Git,
  before: string,
  head: string,
): Promise<Set<string> | undefined> {
  if (before === head) return new Set();
  if (!(await git.succeeds(['merge-base', '--is-ancestor', before, head]))) {
    return undefined;
  }
  const text = await git.run([
    'log',
    '-z',
    '--format=',
    '--name-only',
    '--no-renames',
    `${before}..${head}`,
    '--',
    DEPLOYMENT_FILES_ROOT,
  ]);
  return new Set(text.split(/[\0\n]/).filter(Boolean));
}

function parse(text: string): GitopsCommit[] {
  return text
    .split('\0')
    .filter(Boolean)
    .map(entry => {
      const [
        id,
        author,
        email,
        at,
        subject,
        committer,
        committerEmail,
        ...values
      ] = entry.split('\x1f');
      const trailers = Object.keys(TRAILERS).map((name, index) => [
        name,
        values[index]?.trim(),
      ]);
      return {
        ...{ id, author, email, at, subject, committer, committerEmail },
        ...Object.fromEntries(trailers.filter(([, value]) => value)),
      };
    });
}
