import type { Environment, ReleaseState } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type {
  Attempt,
  GitopsHead,
  GitopsStore,
  Intent,
  StoredFile,
} from './GitopsStore';

interface IntentRow {
  sequence: number | string;
  release_id: string;
  model: string;
  environment: Environment;
  state: ReleaseState;
  error: string | null;
  at: string;
  commit: string | null;
  pending: number | null;
}

interface FileRow {
  path: string;
  environment: Environment | null;
  model: string | null;
  blob: string;
  commit: string;
  desired: string | null;
  issues: string;
}

interface AttemptRow {
  model: string;
  environment: Environment;
  commit: string;
  release_id: string | null;
  state: Attempt['state'];
  message: string | null;
  actor: string | null;
  at: string;
}

const CHUNK = 100;

export class DatabaseGitopsStore implements GitopsStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async addIntent(
    trx: Knex.Transaction,
    intent: Omit<Intent, 'sequence' | 'commit'>,
  ): Promise<void> {
    const { at, environment, error, model, release, state } = intent;
    await trx('ml_gitops_intents')
      .insert({
        ...{ model, environment, state, at },
        release_id: release,
        error: error ?? null,
        pending: 1,
      })
      .onConflict('release_id')
      .ignore();
  }

  async listPendingIntents(): Promise<Intent[]> {
    const rows = await this.#knex<IntentRow>('ml_gitops_intents')
      .where({ pending: 1 })
      .orderBy('sequence');
    return rows.map(row => ({
      sequence: Number(row.sequence),
      release: row.release_id,
      model: row.model,
      environment: row.environment,
      state: row.state,
      error: row.error ?? undefined,
      at: row.at,
      commit: row.commit ?? undefined,
    }));
  }

  async noteCommit(release: string, commit: string): Promise<void> {
    await this.#knex<IntentRow>('ml_gitops_intents')
      .where({ release_id: release })
      .update({ commit });
  }

  async settleIntent(release: string): Promise<void> {
    await this.#knex<IntentRow>('ml_gitops_intents')
      .where({ release_id: release })
      .update({ pending: null });
  }

  async listFiles(): Promise<StoredFile[]> {
    const rows = await this.#knex<FileRow>('ml_gitops_files').orderBy('path');
    return rows.map(row => ({
      path: row.path,
      environment: row.environment ?? undefined,
      model: row.model ?? undefined,
      blob: row.blob,
      commit: JSON.parse(row.commit),
      desired: row.desired ? JSON.parse(row.desired) : undefined,
      issues: JSON.parse(row.issues),
    }));
  }

  async replaceFiles(files: StoredFile[]): Promise<void> {
    const rows = files.map<FileRow>(file => ({
      path: file.path,
      environment: file.environment ?? null,
      model: file.model ?? null,
      blob: file.blob,
      commit: JSON.stringify(file.commit),
      desired: file.desired ? JSON.stringify(file.desired) : null,
      issues: JSON.stringify(file.issues),
    }));
    await this.#knex.transaction(async trx => {
      await trx('ml_gitops_files').delete();
      for (let from = 0; from < rows.length; from += CHUNK) {
        await trx('ml_gitops_files').insert(rows.slice(from, from + CHUNK));
      }
    });
  }

  async listAttempts(): Promise<Attempt[]> {
    const rows = await this.#knex<AttemptRow>('ml_gitops_attempts');
    return rows.map(row => ({
      model: row.model,
      environment: row.environment,
      commit: row.commit,
      state: row.state,
      release: row.release_id ?? undefined,
      message: row.message ?? undefined,
      actor: row.actor ?? undefined,
      at: row.at,
    }));
  }

  async saveAttempt(attempt: Attempt): Promise<void> {
    const { actor, message, release, ...plain } = attempt;
    await this.#knex('ml_gitops_attempts')
      .insert({
        ...plain,
        release_id: release ?? null,
        message: message ?? null,
        actor: actor ?? null,
      })
      .onConflict(['model', 'environment'])
      .merge();
  }

  async addPush(
    trx: Knex.Transaction,
    push: { commit: string; paths: string[]; actor: string },
  ): Promise<void> {
    const { actor, commit, paths } = push;
    const at = new Date().toISOString();
    for (const path of paths) {
      await trx('ml_gitops_pushes')
        .insert({ commit, path, actor, at })
        .onConflict(['commit', 'path'])
        .ignore();
    }
  }

  async findPusher(commit: string, path: string): Promise<string | undefined> {
    const row = await this.#knex('ml_gitops_pushes')
      .where({ commit, path })
      .first('actor');
    return row?.actor;
  }

  async getHead(): Promise<GitopsHead> {
    const row = await this.#knex('ml_gitops_state').where({ id: 1 }).first();
    return {
      head: row?.head ?? undefined,
      checkedAt: row?.checked_at ?? undefined,
      error: row?.error ?? undefined,
    };
  }

  async saveHead({ checkedAt, error, head }: GitopsHead): Promise<void> {
    await this.#knex('ml_gitops_state')
      .where({ id: 1 })
      .update({
        ...(head && { head }),
        ...(checkedAt && { checked_at: checkedAt }),
        error: error ?? null,
      });
  }

  async claim(owner: string, until: Date): Promise<boolean> {
    const now = new Date().toISOString();
    const claimed = await this.#knex('ml_gitops_state')
      .where({ id: 1 })
      .where(nested => {
        nested
          .whereNull('lease_until')
          .orWhere('lease_until', '<', now)
          .orWhere('lease_owner', owner);
      })
      .update({ lease_owner: owner, lease_until: until.toISOString() });
    return claimed > 0;
  }

  async unclaim(owner: string): Promise<void> {
    await this.#knex('ml_gitops_state')
      .where({ id: 1, lease_owner: owner })
      .update({ lease_owner: null, lease_until: null });
  }
}
