import { ConflictError } from '@backstage/errors';
import type {
  Environment,
  EvaluationGateState,
  Model,
  RefusalCode,
  Version,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { RequestContext } from '../http/requestContext';
import type { PolicySettings } from '../policy/PolicySettings';
import type { ProofService } from '../proof/ProofService';
import type { EvaluationSettings } from './evaluationSettings';
import { type GateFinding, judgeTestResults } from './testResults';

/** Whether a version may go to an environment. */
export interface GateQuestion {
  model: Pick<Model, 'owner'>;
  version: Version;
  environment: Environment;
}

/**
 * Keeps versions out of an environment that did not pass their evaluation.
 * Nothing is stored: each answer is made of what is attached now, and of whom
 * is trusted now.
 */
export class EvaluationGate {
  readonly #options: {
    proofs: Pick<ProofService, 'prove'>;
    settings: EvaluationSettings;
    policies: PolicySettings;
    audit: AuditLog;
  };

  constructor(options: {
    proofs: Pick<ProofService, 'prove'>;
    settings: EvaluationSettings;
    policies: PolicySettings;
    audit: AuditLog;
  }) {
    this.#options = options;
  }

  /** For what was authorized already. */
  async judge(
    model: Pick<Model, 'owner'>,
    version: Version,
  ): Promise<EvaluationGateState> {
    const { requiredFor } = await this.#options.policies.get('evaluation');
    const { isOpen, message, passed } = await this.find(model, version);
    return {
      model: version.model,
      version: version.version,
      requiredFor,
      ...{ message, passed },
      evaluable: isOpen && this.canEvaluate,
    };
  }

  /** Whether what the platform evaluates would count. */
  get canEvaluate(): boolean {
    return this.#options.settings.signer !== undefined;
  }

  /** What the attestations of a version say, for what was authorized already. */
  async find(
    model: Pick<Model, 'owner'>,
    version: Version,
  ): Promise<GateFinding> {
    const { attestations } = await this.#options.proofs.prove(model, version);
    return judgeTestResults(version, attestations);
  }

  /** How somebody gets a version through. */
  remedyFor({ model, version }: Pick<Version, 'model' | 'version'>): string {
    const subject = `${model}@${version}`;
    return this.canEvaluate
      ? `Have the platform evaluate it: 'ml eval ${subject} --on-platform'`
      : `This platform has no ml.evaluation.signingKey in its configuration, so what it evaluates does not count: let a platform admin set it and restart, or attach a result of your own: 'ml eval ${subject} --sign-key <trusted key> --attach'`;
  }

  /** Whether an environment takes versions only that passed their evaluation. */
  async isRequiredFor(environment: Environment): Promise<boolean> {
    const { requiredFor } = await this.#options.policies.get('evaluation');
    return requiredFor.includes(environment);
  }

  /**
   * Refuses what the gate of a release would refuse in any case: a version that
   * did not pass, or whose evaluation the platform cannot run.
   * @throws ConflictError with the code GATE_REFUSED
   */
  async requirePassable(
    context: RequestContext,
    asked: GateQuestion,
  ): Promise<void> {
    const { environment, model, version } = asked;
    if (!(await this.isRequiredFor(environment))) return;
    const { isOpen, passed, message } = await this.find(model, version);
    if (passed || (isOpen && this.canEvaluate)) return;
    await this.#refuse(context, asked, message);
  }

  /**
   * Refuses an environment to a version that did not pass, where that is the
   * rule; the refusal is recorded.
   * @throws ConflictError with the code GATE_REFUSED
   */
  async requirePassed(
    context: RequestContext,
    asked: GateQuestion,
  ): Promise<void> {
    if (!(await this.isRequiredFor(asked.environment))) return;
    const { message, passed } = await this.judge(asked.model, asked.version);
    if (!passed) await this.#refuse(context, asked, message);
  }

  async #refuse(
    context: RequestContext,
    { environment, version }: GateQuestion,
    message: string,
  ): Promise<never> {
    const { audit } = this.#options;
    const subject = `${version.model}@${version.version}`;
    await audit.record({
      actor: context.actor,
      action: 'release.deploy',
      resource: `deployment:${environment}/${version.model}`,
      outcome: 'denied',
      details: {
        version: version.version,
        digest: version.digest,
        evaluation: message,
      },
      requestId: context.requestId,
    });
    const code: RefusalCode = 'GATE_REFUSED';
    throw Object.assign(
      new ConflictError(
        `${capitalized(
          environment,
        )} takes versions only that passed their evaluation. ${subject}: ${message}. ${this.remedyFor(
          version,
        )}`,
      ),
      { code },
    );
  }
}

function capitalized(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
