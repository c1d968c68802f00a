import type { Version } from '@ml-platform/plugin-ml-common';

/**
 * A fact that the policy of an alias may ask of a version. A new kind is a file
 * of its own here, and a line in `evidenceKinds.ts`.
 */
export interface EvidenceKind {
  /** As written in a policy, before the colon. */
  name: string;
  /** For people: what it asks for. */
  description: string;
  /** An example of what stands behind the colon; absent when nothing does. */
  example?: string;
  /** What is wrong with an argument; undefined when nothing is. */
  checkArgument?(argument: string): string | undefined;
  /** What the version lacks, in one sentence; undefined when it has the fact. */
  missing(version: Version, argument: string): Promise<string | undefined>;
}
