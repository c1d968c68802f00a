import type {
  Environment,
  GitopsCommitRef,
  GitopsIssue,
  GitopsItem,
  ReleaseState,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** An ended release that is to become a commit. */
export interface Intent {
  sequence: number;
  release: string;
  model: string;
  environment: Environment;
  state: ReleaseState;
  error?: string;
  at: string;
  /** The commit that was last tried. */
  commit?: string;
}

/** A file of the commit that was looked at last. */
export interface StoredFile {
  path: string;
  environment?: Environment;
  model?: string;
  blob: string;
  commit: GitopsCommitRef;
  desired?: GitopsItem['desired'];
  issues: GitopsIssue[];
}

/** What was done about the newest change of a file. */
export interface Attempt {
  model: string;
  environment: Environment;
  commit: string;
  /** `waiting` is tried again, `denied` is not. */
  state: 'released' | 'waiting' | 'denied';
  release?: string;
  message?: string;
  actor?: string;
  at: string;
}

export interface GitopsHead {
  head?: string;
  checkedAt?: string;
  error?: string;
}

export interface GitopsStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;

  /** The same release twice is one intent. */
  addIntent(
    trx: Knex.Transaction,
    intent: Omit<Intent, 'sequence' | 'commit'>,
  ): Promise<void>;
  /** Oldest first. */
  listPendingIntents(): Promise<Intent[]>;
  /** Keeps which commit is about to be published. */
  noteCommit(release: string, commit: string): Promise<void>;
  settleIntent(release: string): Promise<void>;

  listFiles(): Promise<StoredFile[]>;
  replaceFiles(files: StoredFile[]): Promise<void>;

  listAttempts(): Promise<Attempt[]>;
  saveAttempt(attempt: Attempt): Promise<void>;

  addPush(
    trx: Knex.Transaction,
    push: { commit: string; paths: string[]; actor: string },
  ): Promise<void>;
  /** Who pushed a change of a file with a token of their own. */
  findPusher(commit: string, path: string): Promise<string | undefined>;

  getHead(): Promise<GitopsHead>;
  saveHead(head: GitopsHead): Promise<void>;

  /** Takes or keeps the right to work on the repository. */
  claim(owner: string, until: Date): Promise<boolean>;
  unclaim(owner: string): Promise<void>;
}
