import { ToolError } from '@ml-platform/packaging';
import type { RunFiles } from './files/RunFiles';

/** Fewer rows say little about a share. */
const FIRST_LOOK = 1_000;

/** How many rows may be rejected: a number, or a share of the rows. */
export type RejectionLimit = { rows: number } | { share: number };

/** Reads `10` or `0.5%`. */
export function parseRejectionLimit(text: string): RejectionLimit | undefined {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  if (!match) return undefined;
  const value = Number(match[1]);
  if (match[2]) return value <= 100 ? { share: value / 100 } : undefined;
  return Number.isInteger(value) ? { rows: value } : undefined;
}

/** Ends a run that rejected more than it may. */
export function checkRejected(
  { state, paths }: RunFiles,
  limit: RejectionLimit,
  isEnd: boolean,
): void {
  const { rows, rejected } = state;
  const isOver =
    'rows' in limit
      ? rejected > limit.rows
      : rejected > limit.share * rows && (isEnd || rows >= FIRST_LOOK);
  if (!isOver) return;
  throw new ToolError({
    code: 'TOO_MANY_REJECTED',
    message: `${rejected} of the first ${rows} rows were rejected; ${
      'rows' in limit ? limit.rows : `${limit.share * 100} %`
    } may be`,
    hint: `The reasons are in ${paths.rejected}. The same command with a larger --max-rejected goes on from here; a repaired input needs --restart.`,
  });
}
