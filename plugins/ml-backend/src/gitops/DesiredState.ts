import {
  DEPLOYMENT_FILES_ROOT,
  isDeploymentFilePath,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { GitBranch } from './git/GitBranch';
import { listFiles, readBlobs, type TreeFile } from './git/GitTree';
import { changedSince, lastChangeOf } from './git/readLog';
import type { GitopsStore, StoredFile } from './GitopsStore';
import {
  formatGitopsIssue,
  type KnownModels,
  MAX_FILE_BYTES,
  readDeploymentFile,
} from './readDeploymentFile';

/** Recorded as the actor of what the platform does by itself. */
export const PLATFORM = 'service:ml-platform';

interface LoadedCommit {
  head?: string;
  entries: TreeFile[];
  contents: Map<string, Buffer>;
}

/** Reads what a commit says should run, and keeps it. */
export class DesiredState {
  readonly #options: {
    branch: GitBranch;
    store: GitopsStore;
    models: KnownModels;
    audit: AuditLog;
  };

  #loaded?: LoadedCommit;

  constructor(options: {
    branch: GitBranch;
    store: GitopsStore;
    models: KnownModels;
    audit: AuditLog;
  }) {
    this.#options = options;
  }

  /** Every file is read anew, for the registry may know by now what it did not. */
  async read(head: string | undefined): Promise<StoredFile[]> {
    const { branch, models, store } = this.#options;
    const before = new Map(
      (await store.listFiles()).map(file => [file.path, file]),
    );
    const { contents, entries } = await this.#load(head);
    const last = (await store.getHead()).head;
    const changed =
      last && head ? await changedSince(branch.git, last, head) : undefined;
    const files: StoredFile[] = [];
    for (const entry of entries) {
      const { blob, path } = entry;
      const known = before.get(path);
      const isSame = known?.blob === blob && changed && !changed.has(path);
      const read = await readDeploymentFile(entry, contents.get(blob), models);
      files.push({
        path,
        blob,
        environment: read.environment,
        model: read.model,
        issues: read.issues,
        commit: isSame
          ? known.commit
          : await lastChangeOf(branch.git, head!, path),
        desired: read.file && {
          version: read.file.version,
          digest: read.file.digest,
          strategy: read.file.strategy,
        },
      });
    }
    await this.#keep(files, before);
    return files;
  }

  /** A commit never changes, so it is read once. */
  async #load(head: string | undefined): Promise<LoadedCommit> {
    if (!head) return { entries: [], contents: new Map() };
    if (this.#loaded?.head === head) return this.#loaded;
    const { git } = this.#options.branch;
    const all = await listFiles(git, head, { below: DEPLOYMENT_FILES_ROOT });
    const entries = all.filter(({ path }) => isDeploymentFilePath(path));
    const readable = entries.filter(
      ({ mode, size }) => mode.startsWith('100') && size <= MAX_FILE_BYTES,
    );
    const contents = await readBlobs(
      git,
      readable.map(({ blob }) => blob),
    );
    this.#loaded = { head, entries, contents };
    return this.#loaded;
  }

  async #keep(
    files: StoredFile[],
    before: Map<string, StoredFile>,
  ): Promise<void> {
    const { audit, store } = this.#options;
    const isSame =
      files.length === before.size &&
      files.every(file => equals(file, before.get(file.path)));
    if (isSame) return;
    for (const file of files) {
      const known = before.get(file.path);
      const isNews =
        known?.blob !== file.blob || known.issues.length !== file.issues.length;
      if (!file.issues.length || !isNews) continue;
      await audit.record({
        actor: PLATFORM,
        action: 'gitops.refuse',
        resource: `file:${file.path}`,
        outcome: 'failed',
        details: {
          commit: file.commit.id,
          issues: file.issues.map(issue => formatGitopsIssue(file.path, issue)),
        },
      });
    }
    await store.replaceFiles(files);
  }
}

function equals(one: StoredFile, other: StoredFile | undefined): boolean {
  return (
    one.blob === other?.blob &&
    one.commit.id === other.commit.id &&
    JSON.stringify(one.issues) === JSON.stringify(other.issues)
  );
}
