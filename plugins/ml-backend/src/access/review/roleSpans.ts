import { type Role, ROLES } from '@ml-platform/plugin-ml-common';
import type { StoredPolicyVersion } from '../../policy/PolicyStore';
import type { Period } from './AccessReviewStore';

/** A time in which a user or a group was named for a role. */
export interface RoleSpan {
  role: Role;
  ref: string;
  /** The version that began it. */
  begun: StoredPolicyVersion;
  /** When it ended; absent while it goes on. */
  until?: string;
}

/** Who was named for which role at some time of a period, by the history of policies. */
export function roleSpans(
  versions: readonly StoredPolicyVersion[],
  { from }: Pick<Period, 'from'>,
): RoleSpan[] {
  return ROLES.flatMap(role => spansOf(role, versions)).filter(
    ({ until }) => !until || until >= from,
  );
}

function spansOf(
  role: Role,
  versions: readonly StoredPolicyVersion[],
): RoleSpan[] {
  const spans: RoleSpan[] = [];
  const open = new Map<string, RoleSpan>();
  for (const version of versions) {
    const members = new Set(version.values.roles[role]);
    for (const [ref, span] of open) {
      if (members.has(ref)) continue;
      span.until = version.at;
      open.delete(ref);
    }
    for (const ref of members) {
      if (open.has(ref)) continue;
      const span: RoleSpan = { role, ref, begun: version };
      open.set(ref, span);
      spans.push(span);
    }
  }
  return spans;
}
