import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Git } from './Git';

export interface TreeFile {
  path: string;
  mode: string;
  blob: string;
  size: number;
}

export interface Person {
  name: string;
  email: string;
}

export interface NewCommit {
  parent: string | undefined;
  /** Path to new content, or to none to remove the file; the others stay. */
  files: Map<string, string | undefined>;
  author: Person & { at: string };
  committer: Person;
  message: string;
}

/** The files of a commit, below a folder or all of them. */
export async function listFiles(
  git: Git,
  commit: string,
  options: {
    below?: string;
    /** One file alone. */
    path?: string;
    env?: Record<string, string>;
  } = {},
): Promise<TreeFile[]> {
  const text = await git.run(
    [
      'ls-tree',
      '-r',
      '-l',
      '-z',
      commit,
      ...(options.below ? ['--', `${options.below}/`] : []),
      ...(options.path ? ['--', options.path] : []),
    ],
    { env: options.env },
  );
  return text
    .split('\0')
    .filter(Boolean)
    .map(entry => {
      const [facts, path] = splitOnce(entry, '\t');
      const [mode, , blob, size] = facts.split(/ +/);
      return { path, mode, blob, size: Number(size) || 0 };
    });
}

/** Contents of blobs, by id. */
export async function readBlobs(
  git: Git,
  blobs: string[],
  env?: Record<string, string>,
): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  if (!blobs.length) return contents;
  const output = await git.runBinary(['cat-file', '--batch'], {
    input: blobs.map(blob => `${blob}\n`).join(''),
    env,
  });
  let offset = 0;
  while (offset < output.length) {
    const end = output.indexOf(10, offset);
    const [blob, type, size] = output.toString('utf8', offset, end).split(' ');
    if (type !== 'blob') throw new Error(`${blob} is ${type}, not a blob`);
    const begin = end + 1;
    contents.set(blob, output.subarray(begin, begin + Number(size)));
    offset = begin + Number(size) + 1;
  }
  return contents;
}

/** Makes a commit that no branch knows yet. */
export async function writeCommit(
  git: Git,
  commit: NewCommit,
): Promise<string> {
  const { author, committer, files, message, parent } = commit;
  const scratch = await mkdtemp(join(tmpdir(), 'ml-git-'));
  try {
    const env = { GIT_INDEX_FILE: join(scratch, 'index') };
    await git.run(parent ? ['read-tree', parent] : ['read-tree', '--empty'], {
      env,
    });
    const entries: string[] = [];
    for (const [path, content] of files) {
      if (content === undefined) {
        entries.push(`0 ${'0'.repeat(40)}\t${path}\0`);
        continue;
      }
      const blob = await git.run(['hash-object', '-w', '--stdin'], {
        input: content,
      });
      entries.push(`100644 ${blob.trim()}\t${path}\0`);
    }
    await git.run(['update-index', '-z', '--index-info'], {
      env,
      input: entries.join(''),
    });
    const tree = (await git.run(['write-tree'], { env })).trim();
    const made = await git.run(
      ['commit-tree', tree, ...(parent ? ['-p', parent] : []), '-F', '-'],
      {
        input: message,
        env: {
          GIT_AUTHOR_NAME: plain(author.name),
          GIT_AUTHOR_EMAIL: plain(author.email),
          GIT_AUTHOR_DATE: author.at,
          GIT_COMMITTER_NAME: plain(committer.name),
          GIT_COMMITTER_EMAIL: plain(committer.email),
        },
      },
    );
    return made.trim();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Git refuses names that are empty or hold what separates them. */
function plain(text: string): string {
  return text.replace(/[<>\n\r\0]/g, ' ').trim() || 'unknown';
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
