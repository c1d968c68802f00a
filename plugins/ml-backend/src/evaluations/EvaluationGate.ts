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
import { judgeTestResults } from './testResults';

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
    const { policies, settings } = this.#options;
    const { requiredFor } = await policies.get('evaluation');
    const { isOpen, message, passed } = await this.#find(model, version);
    return {
      model: version.model,
      version: version.version,
      requiredFor,
      ...{ message, passed },
      evaluable: isOpen && settings.signer !== undefined,
    };
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
    const { isOpen, passed, message } = await this.#find(model, version);
    if (passed || (isOpen && this.#options.settings.signer)) return;
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

  async #find(model: Pick<Model, 'owner'>, version: Version) {
    const { attestations } = await this.#options.proofs.prove(model, version);
    return judgeTestResults(version, attestations);
  }

  async #refuse(
    context: RequestContext,
    { environment, version }: GateQuestion,
    message: string,
  ): Promise<never> {
    const { audit, settings } = this.#options;
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
        )} takes versions only that passed their evaluation. ${subject}: ${message}. ${
          settings.signer
            ? `Have the platform evaluate it: 'ml eval ${subject} --on-platform'`
            : `This platform has no ml.evaluation.signingKey and evaluates nothing itself; attach a result: 'ml eval ${subject} --sign-key <trusted key> --attach'`
        }`,
      ),
      { code },
    );
  }
}

function capitalized(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
