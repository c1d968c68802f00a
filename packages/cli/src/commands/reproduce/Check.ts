/** How a thing that a version refers to was found. */
export type CheckState = 'matches' | 'differs' | 'missing' | 'unchecked';

/** One thing that a version refers to, and how it was found. */
export interface Check {
  what: 'artifact' | 'code' | 'data' | 'environment' | 'parent' | 'run';
  subject: string;
  state: CheckState;
  /** What is there instead, or why it cannot be told. */
  detail: string;
}

/** Tells what was expected of a digest, and what is there. */
export function compareDigests(
  expected: string | undefined,
  found: string,
): Pick<Check, 'state' | 'detail'> {
  if (!expected) {
    return {
      state: 'unchecked',
      detail: `exists (${found}), but the version names no digest to compare with`,
    };
  }
  return found === expected
    ? { state: 'matches', detail: found }
    : { state: 'differs', detail: `is ${found}, was ${expected}` };
}
