import {
  DEPLOYMENT_FILES_ROOT,
  isDeploymentFilePath,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../../audit/AuditLog';
import type { Authorizer } from '../../authorization/Authorizer';
import type { RequestContext } from '../../http/requestContext';
import { deployPermission } from '../../releases/checkReleasable';
import { liveVersion } from '../../releases/deploymentState';
import type { ReleaseStore } from '../../releases/ReleaseStore';
import type { GitBranch } from '../git/GitBranch';
import { listFiles, readBlobs, type TreeFile } from '../git/GitTree';
import { lastChangeOf } from '../git/readLog';
import type { GitopsStore } from '../GitopsStore';
import {
  formatGitopsIssue,
  type KnownModels,
  MAX_FILE_BYTES,
  readDeploymentFile,
} from '../readDeploymentFile';

/** What somebody wants to push, as Git's `pre-receive` hook is told. */
export interface Push {
  /** Lines of old id, new id and name of a reference. */
  commands: string;
  /** Where Git keeps the new objects until the push is accepted. */
  env: Record<string, string>;
}

export interface PushVerdict {
  accepted: boolean;
  /** For the person who pushes. */
  lines: string[];
  /** What the branch is to be moved to. */
  commit?: string;
}

export interface PushCheckOptions {
  branch: GitBranch;
  store: GitopsStore;
  models: KnownModels;
  releases: Pick<ReleaseStore, 'getDeployment'>;
  authorizer: Authorizer;
  audit: AuditLog;
}

/**
 * Decides on a push with the rights of the person who pushes: a file that
 * would be refused, or that releases what the person may not release, keeps
 * the whole push out.
 */
export class PushCheck {
  readonly #options: PushCheckOptions;

  constructor(options: PushCheckOptions) {
    this.#options = options;
  }

  async check(context: RequestContext, push: Push): Promise<PushVerdict> {
    const { audit, branch, store } = this.#options;
    const refuse = (...lines: string[]) => ({ accepted: false, lines });
    const [command, ...more] = push.commands.trim().split('\n');
    const [before, after, reference] = command.split(' ');
    if (more.length || reference !== `refs/heads/${branch.name}`) {
      return refuse(
        `Push to ${branch.name} alone: nothing else is kept in this repository`,
      );
    }
    const changes = await this.#changesOf(before, after, push);
    const lines: string[] = [];
    for (const entry of changes.removed) {
      const objection = await this.#objectToRemoval(entry);
      if (objection) lines.push(objection);
    }
    const contents = await readBlobs(
      branch.git,
      changes.changed
        .filter(({ size, mode }) => size <= MAX_FILE_BYTES && isPlain(mode))
        .map(({ blob }) => blob),
      push.env,
    );
    for (const entry of changes.changed) {
      lines.push(
        ...(await this.#objectTo(context, entry, contents.get(entry.blob))),
      );
    }
    if (lines.length) return refuse(...lines, 'Nothing was taken.');
    const pushed = new Map<string, string[]>();
    for (const { path } of changes.changed) {
      const { id } = await lastChangeOf(branch.git, after, path, push.env);
      pushed.set(id, [...(pushed.get(id) ?? []), path]);
    }
    await store.transaction(async trx => {
      for (const [commit, paths] of pushed) {
        await store.addPush(trx, { commit, paths, actor: context.actor });
      }
      await audit.record(
        {
          actor: context.actor,
          action: 'gitops.push',
          resource: `branch:${branch.name}`,
          outcome: 'intended',
          details: {
            from: before,
            to: after,
            files: changes.changed.map(({ path }) => path).slice(0, 100),
          },
          requestId: context.requestId,
        },
        trx,
      );
    });
    return { accepted: true, lines: [], commit: after };
  }

  /** Records how a push ended that was accepted: somebody may have been faster. */
  async conclude(context: RequestContext, commit: string): Promise<void> {
    const { audit, branch } = this.#options;
    const head = await branch.fetch();
    const isThere =
      head !== undefined &&
      (await branch.git.succeeds([
        'merge-base',
        '--is-ancestor',
        commit,
        head,
      ]));
    await audit.record({
      actor: context.actor,
      action: 'gitops.push',
      resource: `branch:${branch.name}`,
      outcome: isThere ? 'succeeded' : 'failed',
      details: { to: commit },
      requestId: context.requestId,
    });
  }

  /** Deployment files only: beside them people may keep what they like. */
  async #changesOf(before: string, after: string, { env }: Push) {
    const { git } = this.#options.branch;
    const read = async (commit: string) =>
      /^0+$/.test(commit)
        ? []
        : (
            await listFiles(git, commit, { below: DEPLOYMENT_FILES_ROOT, env })
          ).filter(({ path }) => isDeploymentFilePath(path));
    const old = new Map((await read(before)).map(file => [file.path, file]));
    const files = await read(after);
    const present = new Set(files.map(({ path }) => path));
    return {
      changed: files.filter(({ blob, mode, path }) => {
        const known = old.get(path);
        return known?.blob !== blob || known.mode !== mode;
      }),
      removed: [...old.values()].filter(({ path }) => !present.has(path)),
    };
  }

  async #objectTo(
    context: RequestContext,
    entry: TreeFile,
    content: Buffer | undefined,
  ): Promise<string[]> {
    const { authorizer, models } = this.#options;
    const read = await readDeploymentFile(entry, content, models);
    if (!read.file || !read.environment) {
      return read.issues.map(issue => formatGitopsIssue(entry.path, issue));
    }
    const { model } = read.file;
    const owned = await models.getModel(model);
    try {
      await authorizer.requireForModel(
        context,
        deployPermission(read.environment),
        { name: model, owner: owned!.owner },
      );
      return [];
    } catch (error) {
      if ((error as Error).name !== 'NotAllowedError') throw error;
      return [`${entry.path}: ${(error as Error).message}`];
    }
  }

  /** A file that stands for nothing may go. */
  async #objectToRemoval(entry: TreeFile): Promise<string | undefined> {
    const { branch, models, releases } = this.#options;
    const content = (await readBlobs(branch.git, [entry.blob])).get(entry.blob);
    const { environment, file } = await readDeploymentFile(
      entry,
      content,
      models,
    );
    if (!file || !environment) return undefined;
    const deployment = await releases.getDeployment(file.model, environment);
    return deployment && liveVersion(deployment)
      ? `${entry.path}: cannot be removed: ${file.model} runs in ${environment}, and removing its file takes nothing down`
      : undefined;
  }
}

function isPlain(mode: string): boolean {
  return mode.startsWith('100');
}
