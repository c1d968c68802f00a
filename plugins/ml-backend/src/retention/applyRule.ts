import type {
  RetentionPreview,
  RetentionRule,
} from '@ml-platform/plugin-ml-common';
import type { Candidate } from './RetentionStore';

const DAY_MS = 24 * 60 * 60 * 1000;
/** So many versions one person can look over, and one transaction delete. */
export const MOST_AT_ONCE = 200;

/**
 * Decides which versions go. One stays for any reason there is: the rule keeps
 * it, something uses it, or a version that itself stays was made from it.
 */
export function applyRule(options: {
  model: string;
  rule: RetentionRule;
  /** Those registered last first. */
  candidates: Candidate[];
  /** Why versions are in use, by version. */
  uses: Map<string, string[]>;
  now?: Date;
}): RetentionPreview {
  const { candidates, model, rule, uses } = options;
  const now = (options.now ?? new Date()).getTime();
  const reasons = new Map(
    candidates.map((candidate, index) => [
      `${model}@${candidate.version}`,
      reasonsOf(candidate, index),
    ]),
  );
  keepParents();

  const stays = (version: string) =>
    reasons.get(`${model}@${version}`)!.length > 0;
  const subject = ({ createdAt, sizeBytes, version }: Candidate) => ({
    version,
    createdAt,
    sizeBytes,
  });
  const going = candidates.filter(({ version }) => !stays(version)).reverse();
  const remove = going.slice(0, MOST_AT_ONCE).map(subject);
  return {
    model,
    rule,
    remove,
    removeBytes: remove.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    keep: candidates
      .filter(({ version }) => stays(version))
      .map(candidate => ({
        ...subject(candidate),
        reasons: reasons.get(`${model}@${candidate.version}`)!,
      })),
    truncated: going.length > remove.length,
  };

  function reasonsOf(candidate: Candidate, index: number): string[] {
    const { aliases, createdAt, version } = candidate;
    const { keepDays, keepNewest } = rule;
    const isYoung =
      keepDays !== undefined && Date.parse(createdAt) > now - keepDays * DAY_MS;
    return [
      ...(index < keepNewest ? [`it is among the newest ${keepNewest}`] : []),
      ...(isYoung ? [`it is younger than ${keepDays} days`] : []),
      ...(rule.protected.includes(version) ? ['the rule protects it'] : []),
      ...aliases.map(alias => `the alias '${alias}' points at it`),
      ...(uses.get(version) ?? []),
    ];
  }

  /** A version that stays keeps what it was made from, and so on. */
  function keepParents(): void {
    let changed = true;
    while (changed) {
      changed = false;
      for (const { children, version } of candidates) {
        const own = reasons.get(`${model}@${version}`)!;
        if (own.length) continue;
        // A version of another model is not ours to let go, so it stays.
        const staying = children.find(
          child => reasons.get(child)?.length !== 0,
        );
        if (!staying) continue;
        own.push(`${staying}, which stays, was made from it`);
        changed = true;
      }
    }
  }
}
