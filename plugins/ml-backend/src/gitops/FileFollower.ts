import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { randomUUID } from 'node:crypto';
import type { RefusalCode } from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { RequestContext } from '../http/requestContext';
import type { ReleaseService } from '../releases/ReleaseService';
import type { AuthorDirectory } from './AuthorDirectory';
import type { AuthorPolicy } from './AuthorPolicy';
import type { DeploymentFacts } from './DeploymentFacts';
import { PLATFORM } from './DesiredState';
import type { Attempt, GitopsStore, StoredFile } from './GitopsStore';
import type { KnownModels } from './readDeploymentFile';
import { standingOf, supersededBy } from './standing';

export interface FileFollowerOptions {
  store: GitopsStore;
  facts: DeploymentFacts;
  models: KnownModels;
  releases: Pick<ReleaseService, 'createRelease'>;
  authors: AuthorDirectory;
  policy: AuthorPolicy;
  /** Whether the e-mail address of a commit is believed. */
  trustsAuthors: boolean;
  auth: AuthService;
  audit: AuditLog;
  logger: LoggerService;
}

/** What cannot be released yet is tried this often. */
const RETRY_MS = 30_000;

/** A file together with what its path names. */
export type PlacedFile = StoredFile &
  Required<Pick<StoredFile, 'environment' | 'model' | 'desired'>>;

/** Releases what was merged into the repository, on behalf of who did. */
export class FileFollower {
  readonly #options: FileFollowerOptions;

  constructor(options: FileFollowerOptions) {
    this.#options = options;
  }

  /** One file that cannot be released keeps no other from it. */
  async follow(files: StoredFile[]): Promise<void> {
    const { facts, logger } = this.#options;
    const known = await facts.gather();
    for (const file of files) {
      if (!isPlaced(file)) continue;
      const fact = known.of(file, file);
      const standing = standingOf(fact);
      if (!standing.isDue || isTooEarly(fact.attempt, file)) continue;
      try {
        await this.#release(file, supersededBy(fact));
      } catch (error) {
        logger.warn(`Could not follow ${file.path} yet`, error as Error);
      }
    }
  }

  async #release(
    file: PlacedFile,
    supersedes: string | undefined,
  ): Promise<void> {
    const { audit, auth, releases, store } = this.#options;
    const { commit, desired, environment, model, path } = file;
    const attempt = { model, environment, commit: commit.id };
    const deny = async (message: string, actor: string) => {
      await audit.record({
        actor,
        action: 'gitops.apply',
        resource: `deployment:${environment}/${model}`,
        outcome: 'denied',
        details: { commit: commit.id, path, message },
      });
      const at = new Date().toISOString();
      await store.saveAttempt({
        ...{ ...attempt, at, message, actor },
        state: 'denied',
      });
    };
    const author = await this.#findAuthor(file);
    if ('objection' in author) {
      await deny(author.objection, author.ref ?? PLATFORM);
      return;
    }
    const context: RequestContext = {
      credentials: await auth.getOwnServiceCredentials(),
      actor: author.ref,
      requestId: randomUUID(),
    };
    const keep = (rest: Pick<Attempt, 'state' | 'message' | 'release'>) =>
      store.saveAttempt({
        ...attempt,
        ...rest,
        actor: author.ref,
        at: new Date().toISOString(),
      });
    try {
      const release = await releases.createRelease(
        context,
        model,
        {
          environment,
          version: desired.version,
          ...(desired.strategy && { strategy: desired.strategy }),
          ...(supersedes && { supersedes }),
          reason: `Merged in Git as ${commit.id.slice(0, 12)}: ${
            commit.subject
          }`.slice(0, 2000),
        },
        // A process that dies before it notes the release finds it again.
        `git-${commit.id}-${environment}-${model}`,
      );
      await keep({ state: 'released', release: release.id });
    } catch (error) {
      const { code, message, name } = error as Error & { code?: RefusalCode };
      if (name === 'NotAllowedError' || name === 'InputError') {
        await deny(message, author.ref);
        return;
      }
      // A gate records each refusal, so it is asked once for each change.
      if (code === 'GATE_REFUSED') {
        await deny(`${message}; then ${applyHint(file)}`, author.ref);
        return;
      }
      // Something under way, a limit, a data plane that is away: it passes.
      // What waits is still to be ended, by the next try.
      await keep({ state: 'waiting', message, release: supersedes });
    }
  }

  async #findAuthor(
    file: PlacedFile,
  ): Promise<{ ref: string } | { objection: string; ref?: string }> {
    const { authors, models, policy, store, trustsAuthors } = this.#options;
    const { commit, environment, model, path } = file;
    // The permission was checked when it was pushed, with a token.
    const pusher = await store.findPusher(commit.id, path);
    if (pusher) return { ref: pusher };
    const remedy = `somebody who may deploy can ${applyHint(file)}`;
    if (!trustsAuthors) {
      return {
        objection: `Commits do not prove who wrote them, and the platform is not configured to believe them; ${remedy}`,
      };
    }
    const author = await authors.findByEmail(commit.email);
    if (!author) {
      return {
        objection: `${commit.author} <${commit.email}> is not exactly one user of the catalog; ${remedy}`,
      };
    }
    const owned = await models.getModel(model);
    const objection = await policy.findObjection(author, environment, {
      name: model,
      owner: owned?.owner ?? '',
    });
    return objection
      ? { objection: `${objection}; ${remedy}`, ref: author.ref }
      : author;
  }
}

function applyHint({ environment, model }: PlacedFile): string {
  return `apply it: 'ml gitops apply ${model} --env ${environment}'`;
}

function isPlaced(file: StoredFile): file is PlacedFile {
  return Boolean(file.desired && file.environment && file.model);
}

function isTooEarly(attempt: Attempt | undefined, file: StoredFile): boolean {
  return (
    attempt?.commit === file.commit.id &&
    attempt.state === 'waiting' &&
    Date.parse(attempt.at) + RETRY_MS > Date.now()
  );
}
