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
import type { ProofService } from '../proof/ProofService';
import type { EvaluationSettings } from './evaluationSettings';
import { judgeTestResults } from './testResults';

/**
 * Keeps versions out of an environment that did not pass their evaluation.
 * Nothing is stored: each answer is made of what is attached now, and of whom
 * is trusted now.
 */
export class EvaluationGate {
  readonly #options: {
    proofs: Pick<ProofService, 'prove'>;
    settings: EvaluationSettings;
    audit: AuditLog;
  };

  constructor(options: {
    proofs: Pick<ProofService, 'prove'>;
    settings: EvaluationSettings;
    audit: AuditLog;
  }) {
    this.#options = options;
  }

  /** For what was authorized already. */
  async judge(
    model: Pick<Model, 'owner'>,
    version: Version,
  ): Promise<EvaluationGateState> {
    const { proofs, settings } = this.#options;
    const { attestations } = await proofs.prove(model, version);
    return {
      model: version.model,
      version: version.version,
      requiredFor: [...settings.requiredFor],
      ...judgeTestResults(version, attestations),
    };
  }

  /**
   * Refuses an environment to a version that did not pass, where that is the
   * rule; the refusal is recorded.
   * @throws ConflictError with the code GATE_REFUSED
   */
  async requirePassed(
    context: RequestContext,
    {
      model,
      version,
      environment,
    }: {
      model: Pick<Model, 'owner'>;
      version: Version;
      environment: Environment;
    },
  ): Promise<void> {
    const { audit, settings } = this.#options;
    if (!settings.requiredFor.includes(environment)) return;
    const { message, passed } = await this.judge(model, version);
    if (passed) return;
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
