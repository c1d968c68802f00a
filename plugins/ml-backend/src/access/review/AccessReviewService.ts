import { InputError } from '@backstage/errors';
import {
  type AccessEntry,
  type AccessReview,
  mlAccessReviewPermission,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../../audit/AuditLog';
import type { Authorizer } from '../../authorization/Authorizer';
import type { RequestContext } from '../../http/requestContext';
import type { PolicyStore } from '../../policy/PolicyStore';
import type { People } from '../People';
import type { AccessReviewStore, Period } from './AccessReviewStore';
import { type RoleSpan, roleSpans } from './roleSpans';

export interface AccessReviewServiceOptions {
  store: AccessReviewStore;
  policyStore: Pick<PolicyStore, 'listUntil'>;
  people: Pick<People, 'findBehind' | 'findChildGroups'>;
  /** Whether sign-in takes groups from the identity provider as well. */
  groupsAtSignIn: boolean;
  authorizer: Authorizer;
  audit: AuditLog;
}

const MOST_DAYS = 3 * 366;
const DAY_MS = 24 * 60 * 60 * 1000;

const NOTES = [
  'Who is in a group is told by the catalog of today: its direct members, who have its role. Members of its child groups do not.',
  'A role counts as used when its holder did anything that the audit log records.',
];
const GROUPS_AT_SIGN_IN =
  'Groups that the identity provider names at sign-in (ml.signIn.groups) are not in the catalog: who is in one of them by that alone is not told here. Ask the provider for its members.';

/** Who had which access in a period, and whether they used it: for reviews and auditors. */
export class AccessReviewService {
  readonly #options: AccessReviewServiceOptions;

  constructor(options: AccessReviewServiceOptions) {
    this.#options = options;
  }

  async review(
    context: RequestContext,
    { from, to }: Period,
  ): Promise<AccessReview> {
    const { audit, authorizer, store } = this.#options;
    await authorizer.require(
      context,
      mlAccessReviewPermission,
      'access-review',
    );
    if (from >= to) {
      throw new InputError(`to: ${to} must be after ${from}`);
    }
    if (Date.parse(to) - Date.parse(from) > MOST_DAYS * DAY_MS) {
      throw new InputError(
        `from: ${from} is more than three years before ${to}; ask for less at a time`,
      );
    }
    const generatedAt = new Date().toISOString();
    // What has not come yet is nobody's.
    const period = { from, to: to < generatedAt ? to : generatedAt };
    const [roles, grants, accounts, approvals] = await Promise.all([
      this.#roles(period),
      store.listGrants(period),
      store.listAccounts(period),
      store.listApprovals(period),
    ]);
    const items = [...roles, ...grants, ...accounts, ...approvals];
    const notes = [
      ...NOTES,
      ...(this.#options.groupsAtSignIn ? [GROUPS_AT_SIGN_IN] : []),
      ...(await this.#childGroups(roles)),
    ];
    // Before anybody reads it.
    await audit.record({
      actor: context.actor,
      action: 'access.review',
      resource: 'access-review',
      outcome: 'succeeded',
      details: { from, to, entries: items.length },
      requestId: context.requestId,
    });
    return { from, to, generatedAt, notes, items };
  }

  /** A child group is easily taken for a part of who has the role. */
  async #childGroups(roles: AccessEntry[]): Promise<string[]> {
    const { people } = this.#options;
    const holders = roles.map(({ subject, via }) => via ?? subject);
    const children = await people.findChildGroups([...new Set(holders)]);
    return [...children].map(
      ([group, found]) =>
        `${group} has the child ${
          found.length > 1 ? 'groups' : 'group'
        } ${found.join(', ')}: whoever is in ${
          found.length > 1 ? 'these' : 'that one'
        } alone has no role by ${group}.`,
    );
  }

  async #roles(period: Period): Promise<AccessEntry[]> {
    const { people, policyStore, store } = this.#options;
    const spans = roleSpans(await policyStore.listUntil(period.to), period);
    const behind = await people.findBehind(spans.map(({ ref }) => ref));
    const lastActs = await store.lastActs(period);
    return spans.flatMap(span => {
      const members = behind.get(span.ref) ?? [];
      // Nobody behind it now: somebody may have been, so it is named itself.
      return (members.length ? members : [span.ref]).map(subject =>
        toEntry(span, subject, lastActs.get(subject)),
      );
    });
  }
}

function toEntry(
  { begun, ref, role, until }: RoleSpan,
  subject: string,
  lastUsedAt: string | undefined,
): AccessEntry {
  return {
    ...{ kind: 'role', subject, what: role, scope: 'platform' },
    via: subject === ref ? undefined : ref,
    ...{ from: begun.at, until },
    state: until ? 'ended' : 'active',
    givenBy: begun.requestedBy ?? 'configuration',
    approvedBy: begun.approvedBy,
    reason: begun.reason,
    lastUsedAt,
    reference: `policy:${begun.version}`,
  };
}
