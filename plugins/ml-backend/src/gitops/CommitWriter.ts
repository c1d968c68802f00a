import type { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  deploymentFilePath,
  type Release,
} from '@ml-platform/plugin-ml-common';
import { liveVersion } from '../releases/deploymentState';
import type { ReleaseStore } from '../releases/ReleaseStore';
import type { AuthorDirectory } from './AuthorDirectory';
import { commitMessage } from './commitMessage';
import type { GitBranch } from './git/GitBranch';
import { listFiles, type Person, readBlobs, writeCommit } from './git/GitTree';
import { lastChangeOf } from './git/readLog';
import type { GitopsStore, Intent, StoredFile } from './GitopsStore';
import { type KnownModels, readDeploymentFile } from './readDeploymentFile';
import { writeDeploymentFile } from './writeDeploymentFile';

export interface CommitWriterOptions {
  branch: GitBranch;
  store: GitopsStore;
  releases: Pick<ReleaseStore, 'get' | 'listDeployments' | 'listActive'>;
  models: KnownModels;
  directory: AuthorDirectory;
  committer: Person;
  logger: LoggerService;
}

/** Somebody else may be faster this often in a row. */
const MAX_RACES = 20;

/**
 * Turns releases that ended into commits.
 *
 * @remarks
 * The intent is in the database since the transaction that ended the release.
 * Before a commit is published, its id is noted; so a process that dies
 * between the two finds out whether the branch has it. When somebody else
 * pushed in the meantime, the commit is made anew on top of theirs.
 */
export class CommitWriter {
  readonly #options: CommitWriterOptions;

  constructor(options: CommitWriterOptions) {
    this.#options = options;
  }

  /** @returns the head after it */
  async commitPending(before: string | undefined): Promise<string | undefined> {
    let head = before;
    for (const intent of await this.#options.store.listPendingIntents()) {
      head = await this.#commit(intent, head);
    }
    return head;
  }

  async #commit(
    intent: Intent,
    before: string | undefined,
  ): Promise<string | undefined> {
    const { branch, logger, releases, store } = this.#options;
    const release = await releases.get(intent.release);
    if (!release) {
      logger.error(`Release ${intent.release} is gone and gets no commit`);
      await store.settleIntent(intent.release);
      return before;
    }
    let head = before;
    let tried = intent.commit;
    for (let race = 0; race < MAX_RACES; race++) {
      if (tried && head && (await this.#contains(head, tried))) {
        await store.settleIntent(release.id);
        return head;
      }
      tried = await this.#write(release, intent, head);
      await store.noteCommit(release.id, tried);
      if (await branch.publish(tried, head)) {
        await store.settleIntent(release.id);
        return tried;
      }
      head = await branch.fetch();
    }
    throw new ConflictError(
      `Others pushed to ${branch.name} ${MAX_RACES} times while the commit of release ${release.number} of ${release.model} was made`,
    );
  }

  #contains(head: string, commit: string): Promise<boolean> {
    const { git } = this.#options.branch;
    return git.succeeds(['merge-base', '--is-ancestor', commit, head]);
  }

  async #write(
    release: Release,
    intent: Intent,
    head: string | undefined,
  ): Promise<string> {
    const { branch, committer, directory, models, store } = this.#options;
    const { environment, model } = release;
    const attempt = (await store.listAttempts()).find(
      entry => entry.model === model && entry.environment === environment,
    );
    const owner = (await models.getModel(model))?.owner;
    const path = owner && deploymentFilePath({ environment, model, owner });
    const current = path && head ? await this.#read(head, path) : undefined;
    const isUntried =
      current !== undefined &&
      current.change !== undefined &&
      attempt?.commit !== current.change;
    const files = new Map<string, string>();
    const version = keptVersion(release, intent, current?.version);
    const found = version && (await models.getVersion(model, version));
    // What was merged and not tried is released next, unless it is this very
    // version, or somebody wants the one before back.
    const isKept =
      isUntried &&
      release.kind === 'deploy' &&
      current.version !== release.version;
    if (path && found && !isKept) {
      const text = writeDeploymentFile(
        {
          ...{ environment, model },
          version: found.version,
          digest: found.digest,
          strategy: release.kind === 'deploy' ? release.strategy : undefined,
        },
        current?.text,
      );
      files.set(path, text);
    }
    const author = await directory.toPerson(release.requestedBy);
    return writeCommit(branch.git, {
      parent: head,
      files,
      author: { ...author, at: intent.at },
      committer,
      message: commitMessage(release, intent, {
        cause: attempt?.release === release.id ? attempt.commit : undefined,
        superseded: isUntried && files.size ? current.change : undefined,
      }),
    });
  }

  /** The file as it is, and the change of somebody else that it ends with. */
  async #read(head: string, path: string) {
    const { branch, models, committer } = this.#options;
    const { git } = branch;
    const [entry] = await listFiles(git, head, { path });
    if (!entry) return undefined;
    const content = (await readBlobs(git, [entry.blob])).get(entry.blob)!;
    const read = await readDeploymentFile(entry, content, models);
    const change = await lastChangeOf(git, head, path);
    const isOurs = change.committerEmail === committer.email;
    return {
      text: content.toString('utf8'),
      version: read.file?.version,
      change: read.file && !isOurs ? change.id : undefined,
    };
  }

  /** Writes files for deployments that have none. @returns the head after it */
  async declareMissing(
    head: string | undefined,
    files: StoredFile[],
  ): Promise<string | undefined> {
    const { branch, committer, models, releases, store } = this.#options;
    const busy = new Set(
      [
        ...(await releases.listActive()),
        ...(await store.listPendingIntents()),
      ].map(({ environment, model }) => `${environment}/${model}`),
    );
    const present = new Set(files.map(({ path }) => path));
    const texts = new Map<string, string | undefined>();
    for (const deployment of await releases.listDeployments({})) {
      const { environment, model } = deployment;
      const version = liveVersion(deployment);
      const owner = (await models.getModel(model))?.owner;
      if (!version || !owner || busy.has(`${environment}/${model}`)) continue;
      const path = deploymentFilePath({ environment, model, owner });
      const found = await models.getVersion(model, version);
      if (present.has(path) || !found) continue;
      texts.set(
        path,
        writeDeploymentFile(
          { environment, model, version, digest: found.digest },
          undefined,
        ),
      );
      // Where it lay while the model had another owner.
      for (const other of files) {
        const isSame =
          other.model === model && other.environment === environment;
        if (isSame && other.commit.committerEmail === committer.email) {
          texts.set(other.path, undefined);
        }
      }
    }
    if (!texts.size) return head;
    const commit = await writeCommit(branch.git, {
      parent: head,
      files: texts,
      author: { ...committer, at: new Date().toISOString() },
      committer,
      message: [
        texts.size === 1
          ? `Write down what runs: ${[...texts.keys()][0]}`
          : `Write down what runs: ${texts.size} files`,
        '',
        'These deployments run and had no file. Removing a file takes nothing down.',
        '',
      ].join('\n'),
    });
    // If somebody was faster, the next look finds out what is still missing.
    return (await branch.publish(commit, head)) ? commit : head;
  }
}

/** What the file is to say after a release; undefined when that is no news. */
function keptVersion(
  release: Release,
  { state }: Intent,
  desired: string | undefined,
): string | undefined {
  switch (state) {
    case 'succeeded':
      return release.version;
    case 'rolled_back':
    case 'aborted':
      // Or the file would bring back what was just taken back.
      return desired === release.version ? release.fromVersion : undefined;
    default:
      return undefined;
  }
}
