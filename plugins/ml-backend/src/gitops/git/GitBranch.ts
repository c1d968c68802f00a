import type { Git } from './Git';

/**
 * The one branch that holds desired state, wherever it lies. All others may
 * write to it at any time.
 */
export interface GitBranch {
  readonly kind: 'embedded' | 'remote';
  readonly name: string;
  /** What `git clone` takes. */
  readonly url: string;
  /** Holds, on this machine, the objects of the branch. */
  readonly git: Git;

  /** Makes what is missing on this machine; may be repeated. */
  open(): Promise<void>;

  /** The newest commit, as of now; undefined while there is none. */
  fetch(): Promise<string | undefined>;

  /**
   * Makes a commit the newest one, if the one that it is built on still is.
   * @returns whether it did; if not, somebody else was faster
   */
  publish(commit: string, parent: string | undefined): Promise<boolean>;
}
