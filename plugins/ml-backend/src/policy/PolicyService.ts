import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  type Approval,
  describeDifference,
  diffPolicies,
  mlApprovalDecidePlatformPermission,
  mlPolicyProposePermission,
  mlPolicyReadPermission,
  type Page,
  type PolicyComparison,
  type PolicyKey,
  POLICY_KEYS,
  POLICY_NAMES,
  type PolicyProposal,
  type PolicyState,
  type PolicyValues,
  type PolicyVersion,
  type PolicyVersionDetail,
  sayDifference,
} from '@ml-platform/plugin-ml-common';
import canonicalize from 'canonicalize';
import type { Knex } from 'knex';
import type {
  ApprovalAction,
  ApprovalService,
} from '../approvals/ApprovalService';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import { decodeCursor, encodeCursor } from '../http/cursor';
import type { RequestContext } from '../http/requestContext';
import { type CheckedChanges, checkChanges } from './checkChanges';
import type { PolicyStore, StoredPolicyVersion } from './PolicyStore';
import type { PolicyRule } from './rules/PolicyRule';

export interface PolicyServiceOptions {
  store: PolicyStore;
  /** What the configuration says, which a change may go back to. */
  configured: PolicyValues;
  configuredOnly: readonly PolicyKey[];
  rules: readonly PolicyRule[];
  approvals: ApprovalService;
  authorizer: Authorizer;
  audit: AuditLog;
}

const RESOURCE = 'policy';
/** Of a change, as text: approvals are for people to read. */
const MOST_CHARACTERS = 64 * 1024;
/** Lines in an approval; the diff has them all. */
const MOST_LINES = 50;

/**
 * What the platform obeys, as data: each change is asked for by one platform
 * admin, holds from the moment another one approves it, and stays in the
 * history. An approval is for the exact values that were asked for, and for
 * what they replace.
 */
export class PolicyService implements ApprovalAction {
  readonly #options: PolicyServiceOptions;

  constructor(options: PolicyServiceOptions) {
    this.#options = options;
    const shared = {
      permission: mlApprovalDecidePlatformPermission,
      action: this,
    };
    options.approvals.register({
      ...shared,
      kind: 'policy.change',
      title: 'Change a policy',
    });
    options.approvals.register({
      ...shared,
      kind: 'policy.roles',
      title: 'Change who has which role',
      // Nobody gives themselves a role, whatever the emergency.
      breakGlass: false,
    });
  }

  async getState(context: RequestContext): Promise<PolicyState> {
    await this.#requireRead(context);
    const { configuredOnly } = this.#options;
    const { approved, at, values, version } = await this.#newest();
    return {
      ...{ version, values, since: at },
      sources: Object.fromEntries(
        POLICY_KEYS.map(key => [
          key,
          approved.includes(key) ? 'approved' : 'configuration',
        ]),
      ) as PolicyState['sources'],
      configuredOnly: [...configuredOnly],
    };
  }

  async history(
    context: RequestContext,
    { cursor, limit }: { cursor?: string; limit: number },
  ): Promise<Page<PolicyVersion>> {
    await this.#requireRead(context);
    const rows = await this.#options.store.list({
      // One for the next page, and one for the oldest one to be compared with.
      limit: limit + 1,
      before: cursor === undefined ? undefined : Number(decodeCursor(cursor)),
    });
    const items = rows
      .slice(0, limit)
      .map((row, index) => toVersion(row, rows[index + 1]));
    return {
      items,
      ...(rows.length > limit && {
        nextCursor: encodeCursor(String(items[items.length - 1].version)),
      }),
    };
  }

  /** @throws NotFoundError */
  async getVersion(
    context: RequestContext,
    version: number,
  ): Promise<PolicyVersionDetail> {
    await this.#requireRead(context);
    const { store } = this.#options;
    const row = await this.#find(version);
    const before = version > 0 ? await store.get(version - 1) : undefined;
    return { ...toVersion(row, before), values: row.values };
  }

  /** Against the version before, unless another one is named. */
  async diff(
    context: RequestContext,
    to: number,
    from: number = Math.max(to - 1, 0),
  ): Promise<PolicyComparison> {
    await this.#requireRead(context);
    const [before, after] = [await this.#find(from), await this.#find(to)];
    return { from, to, changes: diffPolicies(before.values, after.values) };
  }

  /** What a change would do; nobody is asked. */
  async preview(
    context: RequestContext,
    base: number | undefined,
    changes: Record<string, unknown>,
  ): Promise<PolicyProposal> {
    await this.#requirePropose(context);
    const { differences, version } = await this.#check(context, base, changes);
    return { version, changes: differences };
  }

  /** Asks a second person for a change. */
  async propose(
    context: RequestContext,
    base: number | undefined,
    request: { changes: Record<string, unknown>; reason: string },
  ): Promise<PolicyProposal> {
    await this.#requirePropose(context);
    const { checked, differences, version } = await this.#check(
      context,
      base,
      request.changes,
    );
    const { keys, reset, values } = checked;
    const text = canonicalize(values)!;
    if (text.length > MOST_CHARACTERS) {
      throw new InputError(
        `changes: is ${text.length} characters long, and ${MOST_CHARACTERS} are allowed; change fewer policies at a time`,
      );
    }
    const sorted = [...keys].sort();
    const lines = differences.map(sayDifference);
    const approval = await this.#options.approvals.request(context, {
      kind: keys.includes('roles') ? 'policy.roles' : 'policy.change',
      subject: {
        version,
        changes: text,
        ...(reset.length && { reset: reset.join(',') }),
      },
      subjectKey: sorted.join(','),
      summary: `Change the policy: ${sorted
        .map(key => POLICY_NAMES[key])
        .join(', ')}`,
      reason: request.reason,
      consequences: [
        ...lines.slice(0, MOST_LINES),
        ...(lines.length > MOST_LINES
          ? [`… and ${lines.length - MOST_LINES} more places`]
          : []),
        'It holds for everybody within seconds; what is under way goes on as it began.',
        `Version ${version} stays in the history, and can be proposed again.`,
      ],
    });
    return { version, changes: differences, approval };
  }

  /** Rules that ask other services cannot be looked at within a transaction. */
  async prepare(approval: Approval, context: RequestContext): Promise<void> {
    const checked = this.#read(approval);
    await this.#obey(checked, context);
  }

  async carryOut(
    approval: Approval,
    context: RequestContext,
    trx: Knex.Transaction,
  ): Promise<void> {
    const { audit, store } = this.#options;
    const { keys, reset, values } = this.#read(approval);
    const newest = await this.#newest(trx);
    const base = await this.#find(Number(approval.subject.version), trx);
    const moved = keys.filter(
      key =>
        canonicalize(base.values[key]) !== canonicalize(newest.values[key]),
    );
    if (moved.length) {
      throw new ConflictError(
        `${moved.join(', ')}: changed since this was asked for, from version ${
          base.version
        } to version ${
          newest.version
        }; deny this, and let it be asked for anew`,
      );
    }
    const next: StoredPolicyVersion = {
      version: newest.version + 1,
      at: new Date().toISOString(),
      source: 'approved',
      values: { ...newest.values, ...values },
      approved: POLICY_KEYS.filter(
        key =>
          !reset.includes(key) &&
          (keys.includes(key) || newest.approved.includes(key)),
      ),
      reason: approval.reason,
      requestedBy: approval.requestedBy,
      approvedBy: context.actor,
      approval: approval.id,
    };
    try {
      await store.append(trx, next);
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
      throw new ConflictError(
        'Another change took effect just now; look again, and approve then',
      );
    }
    await audit.record(
      {
        actor: context.actor,
        action: 'policy.change',
        resource: RESOURCE,
        outcome: 'succeeded',
        details: {
          version: next.version,
          changes: diffPolicies(newest.values, next.values).map(
            describeDifference,
          ),
          approval: approval.id,
          requestedBy: approval.requestedBy,
        },
        requestId: context.requestId,
      },
      trx,
    );
  }

  async #check(
    context: RequestContext,
    base: number | undefined,
    changes: Record<string, unknown>,
  ) {
    if (base === undefined) {
      throw new InputError(
        'if-match: must name the version that is to be changed, as GET /policy gives it in ETag, e.g. "4"',
      );
    }
    const newest = await this.#newest();
    if (newest.version !== base) {
      throw new ConflictError(
        `The policies are at version ${newest.version}, and this was made for version ${base}; look at what changed ('ml policy diff ${base} ${newest.version}'), and ask again`,
      );
    }
    const checked = checkChanges(changes, this.#options);
    await this.#obey(checked, context);
    const after = { ...newest.values, ...checked.values };
    const differences = diffPolicies(newest.values, after);
    // To let the configuration decide again is a change, too.
    const released = checked.reset.some(key => newest.approved.includes(key));
    if (!differences.length && !released) {
      throw new InputError(
        `changes: ${checked.keys.join(
          ', ',
        )} would stay as it is in version ${base}`,
      );
    }
    return { checked, differences, version: base };
  }

  async #obey(
    { values }: CheckedChanges,
    context: RequestContext,
  ): Promise<void> {
    for (const rule of this.#options.rules) {
      const problem = await rule.problemOf(values, context);
      if (problem) throw new InputError(problem);
    }
  }

  /** What was asked for, looked at once more as things are now. */
  #read({ subject }: Approval): CheckedChanges {
    const changes = JSON.parse(String(subject.changes));
    const reset = subject.reset ? String(subject.reset).split(',') : [];
    return {
      ...checkChanges(changes, this.#options),
      reset: POLICY_KEYS.filter(key => reset.includes(key)),
    };
  }

  async #newest(trx?: Knex.Transaction): Promise<StoredPolicyVersion> {
    return (await this.#options.store.newest(trx))!;
  }

  async #find(
    version: number,
    trx?: Knex.Transaction,
  ): Promise<StoredPolicyVersion> {
    const found = await this.#options.store.get(version, trx);
    if (found) return found;
    const { version: newest } = await this.#newest(trx);
    throw new NotFoundError(
      `There is no version ${version} of the policies; there are 0 to ${newest}`,
    );
  }

  #requireRead(context: RequestContext): Promise<void> {
    return this.#options.authorizer.require(
      context,
      mlPolicyReadPermission,
      RESOURCE,
    );
  }

  #requirePropose(context: RequestContext): Promise<void> {
    return this.#options.authorizer.require(
      context,
      mlPolicyProposePermission,
      RESOURCE,
    );
  }
}

function toVersion(
  row: StoredPolicyVersion,
  before: StoredPolicyVersion | undefined,
): PolicyVersion {
  const { approved: _, values, ...rest } = row;
  const changes = before ? diffPolicies(before.values, values) : [];
  return {
    ...rest,
    keys: before
      ? POLICY_KEYS.filter(key =>
          changes.some(
            ({ path }) => path === key || path.startsWith(`${key}.`),
          ),
        )
      : [...POLICY_KEYS],
    changes,
  };
}
