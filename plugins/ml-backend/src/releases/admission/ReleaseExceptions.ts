import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  type Approval,
  type Environment,
  isFinal,
  type LiftedRule,
  mlApprovalDecidePlatformPermission,
  mlReleaseOverridePermission,
  type Model,
  RELEASE_RULES,
  type ReleaseExceptionRequest,
  type ReleaseRule,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { ApprovalService } from '../../approvals/ApprovalService';
import { samePerson } from '../../approvals/samePerson';
import type { Authorizer } from '../../authorization/Authorizer';
import type { RequestContext } from '../../http/requestContext';
import type { RegistryService } from '../../registry/RegistryService';
import type { ReleaseStore } from '../ReleaseStore';

export interface ReleaseExceptionsOptions {
  approvals: ApprovalService;
  authorizer: Authorizer;
  registry: Pick<RegistryService, 'getModel' | 'getVersion'>;
  store: Pick<ReleaseStore, 'get'>;
}

/** What an exception is for: a version on its way to an environment, or a release. */
export interface ExceptionSubject {
  environment: Environment;
  version: string;
  /** Of the version, so that no other bytes are meant. */
  digest: string;
  /** Of what is to be promoted by force. */
  release?: string;
}

const TITLES: Record<ReleaseRule, string> = {
  'skip-canary': 'Skip the canary',
  'force-promote': 'Promote whatever the evidence',
  freeze: 'Deploy in a freeze',
  quota: 'Deploy above the quota',
};

const EFFECTS: Record<ReleaseRule, string> = {
  'skip-canary':
    'It gets every request at once, after its check; nothing compares it with the version before.',
  'force-promote':
    'The canary takes over at once, whatever the judge has found so far.',
  freeze: 'It may be deployed although nothing is deployed now.',
  quota: 'It may be deployed although the team has used up its quota.',
};

/**
 * Exceptions from the rules for releases: asked for by a platform admin,
 * approved by a second person, and used up by the one release that needs them.
 */
export class ReleaseExceptions {
  readonly #options: ReleaseExceptionsOptions;

  constructor(options: ReleaseExceptionsOptions) {
    this.#options = options;
    for (const rule of RELEASE_RULES) {
      options.approvals.register({
        kind: kindOf(rule),
        title: TITLES[rule],
        permission: mlApprovalDecidePlatformPermission,
      });
    }
  }

  async request(
    context: RequestContext,
    name: string,
    request: ReleaseExceptionRequest,
  ): Promise<Approval> {
    const { approvals, authorizer, registry } = this.#options;
    const { reason, rule } = request;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(
      context,
      mlReleaseOverridePermission,
      model,
    );
    const subject = await this.#subjectOf(context, name, request);
    const { environment, version } = subject;
    return approvals.request(context, {
      kind: kindOf(rule),
      model: name,
      subject: { ...subject },
      subjectKey: keyOf(name, subject),
      summary: `${TITLES[rule]}: ${name} ${version} to ${environment}`,
      reason,
      consequences: [
        EFFECTS[rule],
        'It holds for this version and this environment, once, and for whoever asked.',
        'A rollback stays possible as ever.',
      ],
    });
  }

  /** Whether the caller may use exceptions at all. */
  async mayUse(
    context: RequestContext,
    model: Pick<Model, 'name' | 'owner'>,
  ): Promise<boolean> {
    return this.#options.authorizer.canForModel(
      context,
      mlReleaseOverridePermission,
      model,
    );
  }

  /**
   * Uses the exception from a rule up, in the transaction of what needs it.
   * @returns id of its approval; or why there is none, and which one waits for a decision
   */
  async use(
    context: Pick<RequestContext, 'actor' | 'requestId'>,
    exception: { model: string; rule: ReleaseRule; subject: ExceptionSubject },
    trx: Knex.Transaction,
  ): Promise<
    | { approval: string }
    | { problem: string }
    | { problem: string; pending: string }
  > {
    const { approvals } = this.#options;
    const { model, rule, subject } = exception;
    try {
      const { id } = await approvals.consume(
        context,
        {
          kind: kindOf(rule),
          subjectKey: keyOf(model, subject),
          subject: { ...subject },
        },
        trx,
      );
      return { approval: id };
    } catch (error) {
      if ((error as { code?: string }).code !== 'APPROVAL_REQUIRED')
        throw error;
      const problem = (error as Error).message;
      const last = await approvals.findLast(
        kindOf(rule),
        keyOf(model, subject),
        trx,
      );
      const isTheirs =
        last?.state === 'pending' &&
        samePerson(last.requestedBy, context.actor);
      return { problem, ...(isTheirs && { pending: last.id }) };
    }
  }

  /** How an approval stands that a release waits for. */
  async standing({
    approval: id,
    rule,
  }: LiftedRule): Promise<{ isApproved: boolean; refusal?: string }> {
    const approval = await this.#options.approvals.peek(id);
    const { comment, decidedBy, state } = approval;
    if (state === 'pending') return { isApproved: false };
    if (state === 'approved') return { isApproved: true };
    return {
      isApproved: false,
      refusal: `${TITLES[rule]}: approval ${id} is ${state}${
        decidedBy ? ` by ${decidedBy}` : ''
      }${comment ? `: ${comment}` : ''}`,
    };
  }

  async #subjectOf(
    context: RequestContext,
    model: string,
    request: ReleaseExceptionRequest,
  ): Promise<ExceptionSubject> {
    const { registry, store } = this.#options;
    if (request.rule === 'force-promote') {
      const release = request.release && (await store.get(request.release));
      if (!release || release.model !== model) {
        throw new NotFoundError(
          `release: ${model} has no release ${
            request.release ?? ''
          }; name the one that is to be promoted`,
        );
      }
      if (isFinal(release.state)) {
        throw new ConflictError(
          `release: ${release.number} of ${model} is ${release.state} already`,
        );
      }
      const { environment, id, version } = release;
      const { digest } = await registry.getVersion(context, model, version);
      return { environment, version, digest, release: id };
    }
    const { environment = 'production', version } = request;
    if (!version) {
      throw new InputError('version: name the version that is to be deployed');
    }
    if (request.rule === 'skip-canary' && environment !== 'production') {
      throw new InputError('environment: only production takes a canary');
    }
    const { digest } = await registry.getVersion(context, model, version);
    return { environment, version, digest };
  }
}

function kindOf(rule: ReleaseRule): string {
  return `release.${rule}`;
}

function keyOf(
  model: string,
  { environment, release, version }: ExceptionSubject,
): string {
  return release ?? `${environment}/${model}@${version}`;
}
