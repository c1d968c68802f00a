import type { Environment, Strategy } from '../releases/types';

/**
 * How a deployment stands to its file in Git. `inSync`: what runs is what the
 * file says. `following`: what runs has changed, and Git follows.
 * `releasing`: what the file says is being released. `waiting`: it will be,
 * when what keeps it is over. `drifted`: it is not what runs, and the platform
 * does nothing about it by itself; the message says why. `refused`: the file
 * is wrong. `undeclared`: it runs, and there is no file yet.
 * @public
 */
export const GITOPS_STATES = [
  'inSync',
  'following',
  'releasing',
  'waiting',
  'drifted',
  'refused',
  'undeclared',
] as const;

/** @public */
export type GitopsState = (typeof GITOPS_STATES)[number];

/** Something wrong in a file, and where. @public */
export interface GitopsIssue {
  /** 1-based. */
  line: number;
  /** Empty for the file as a whole. */
  field: string;
  message: string;
}

/** Who changed a file last, and how. @public */
export interface GitopsCommitRef {
  id: string;
  author: string;
  email: string;
  at: string;
  subject: string;
  /** The platform's own where it wrote the commit. */
  committerEmail: string;
}

/** A deployment, or a file that should be one. @public */
export interface GitopsItem {
  path: string;
  state: GitopsState;
  /** Absent where the path names none. */
  environment?: Environment;
  model?: string;
  /** What the file says; absent while there is none that can be read. */
  desired?: { version: string; digest?: string; strategy?: Strategy };
  /** What is live. */
  running?: { version: string; digest: string };
  /** Why it is in this state, in one sentence. */
  message?: string;
  issues: GitopsIssue[];
  /** The commit that changed the file last. */
  commit?: GitopsCommitRef;
  /** Id of the release that carries the file out, or did. */
  release?: string;
}

/** @public */
export interface GitopsStatus {
  /** False when the platform keeps no desired state in Git. */
  enabled: boolean;
  repository?: {
    /** `embedded`: a bare repository of the platform; `remote`: of a Git server. */
    kind: 'embedded' | 'remote';
    /** What `git clone` takes. */
    url: string;
    branch: string;
    /** The commit that was looked at last. */
    head?: string;
    checkedAt?: string;
    /** Why the repository cannot be reached, while it cannot. */
    error?: string;
  };
  /** Ended releases that are not in Git yet. */
  pendingCommits: number;
  items: GitopsItem[];
}

/** A commit of the repository. @public */
export interface GitopsCommit extends GitopsCommitRef {
  committer: string;
  /** What the platform wrote beneath its own commits. */
  release?: string;
  model?: string;
  environment?: string;
  version?: string;
  outcome?: string;
  actor?: string;
  reason?: string;
}
