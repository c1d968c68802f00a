import { NotFoundError } from '@backstage/errors';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Signer } from '@ml-platform/attestations';
import { reportBytes, testResultStatement } from '@ml-platform/evaluation';
import type {
  Evaluation,
  EvaluationReport,
  Version,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RegistryStore } from '../registry/RegistryStore';
import { liveVersion } from '../releases/deploymentState';
import type { ReleaseStore } from '../releases/ReleaseStore';
import {
  type Baseline,
  EvaluationFailure,
  type EvaluationProcess,
} from './EvaluationProcess';
import { type EvaluationSettings, PLATFORM_KEY } from './evaluationSettings';
import type { EvaluationEnd, EvaluationStore } from './EvaluationStore';
import type { ResultAttachment } from './ResultAttachment';

export interface EvaluationFinisherOptions {
  store: EvaluationStore;
  versions: Pick<RegistryStore, 'getVersion'>;
  releases: Pick<ReleaseStore, 'getDeployment'>;
  process: EvaluationProcess;
  attachment: ResultAttachment;
  settings: EvaluationSettings;
  audit: AuditLog;
  changes: ChangeNotifier;
  logger: LoggerService;
}

/** Takes one evaluation from its beginning to its end: run, sign, attach, record. */
export class EvaluationFinisher {
  readonly #options: EvaluationFinisherOptions;

  constructor(options: EvaluationFinisherOptions) {
    this.#options = options;
  }

  async carryOut(evaluation: Evaluation, signal: AbortSignal): Promise<void> {
    const { logger, process, settings } = this.#options;
    const late = AbortSignal.timeout(settings.timeout);
    const inTime = AbortSignal.any([signal, late]);
    let end: EvaluationEnd;
    try {
      // It may have been asked for when the configuration still had one.
      const signer = this.#requireSigner(evaluation);
      const version = await this.#find(evaluation);
      const baseline = await this.#findBaseline(evaluation);
      const report = await process.run(evaluation, {
        ...{ version, baseline, signal: inTime },
      });
      end = await this.#sign(evaluation, { version, report, signer });
    } catch (error) {
      signal.throwIfAborted();
      end = {
        state: 'error',
        summary: reasonOf(error, late, settings.timeout),
      };
      const isExpected = error instanceof EvaluationFailure || late.aborted;
      if (!isExpected) {
        logger.error(`Evaluation ${evaluation.id} failed`, error as Error);
      }
    }
    await this.#end(evaluation, end);
  }

  giveUp(evaluation: Evaluation, attempts: number): Promise<void> {
    return this.#end(evaluation, {
      state: 'error',
      summary: `It was begun ${attempts} times, and the platform ended in the middle of it each time; look for what ended it, such as too little memory, and ask again`,
    });
  }

  #requireSigner({ model, version }: Evaluation): Signer {
    const { signer } = this.#options.settings;
    if (signer) return signer;
    throw new EvaluationFailure(
      `the platform was started without ml.evaluation.signingKey, so its result would not count; let a platform admin set it in the configuration and restart, or attach a result of your own: 'ml eval ${model}@${version} --sign-key <trusted key> --attach'`,
    );
  }

  async #find({ model, version }: Evaluation): Promise<Version> {
    const found = await this.#options.versions.getVersion(model, version);
    if (found && found.state !== 'deleted') return found;
    throw new EvaluationFailure(`${model}@${version} was deleted meanwhile`);
  }

  async #findBaseline({ model, version }: Evaluation): Promise<Baseline> {
    const { releases, versions } = this.#options;
    const deployment = await releases.getDeployment(model, 'production');
    const live = deployment && liveVersion(deployment);
    if (!live) return { reason: `no version of ${model} is in production` };
    if (live === version) {
      return { reason: `${live} is what is in production itself` };
    }
    const found = await versions.getVersion(model, live);
    if (!found) throw new NotFoundError(`${model}@${live} is not registered`);
    return { version: found };
  }

  async #sign(
    evaluation: Evaluation,
    {
      report,
      signer,
      version,
    }: { report: EvaluationReport; signer: Signer; version: Version },
  ): Promise<EvaluationEnd> {
    const bundle = signer.sign(testResultStatement(report, version.digest));
    const attestation = await this.#options.attachment.attach(version, bundle, {
      actor: evaluation.requestedBy,
    });
    return {
      state: report.verdict,
      summary: report.summary,
      report: reportBytes(report).toString('utf8'),
      ...(report.baseline && { baseline: report.baseline.version }),
      ...{ attestation, signer: PLATFORM_KEY },
    };
  }

  async #end(evaluation: Evaluation, end: EvaluationEnd): Promise<void> {
    const { audit, changes, store } = this.#options;
    const { digest, id, model, requestedBy, version } = evaluation;
    await store.transaction(async trx => {
      if (!(await store.end(trx, id, end))) return;
      await audit.record(
        {
          actor: requestedBy,
          action: 'evaluation.run',
          resource: `version:${model}@${version}`,
          outcome: end.state === 'error' ? 'failed' : 'succeeded',
          details: {
            ...{ evaluation: id, digest, verdict: end.state },
            ...(end.attestation && { attestation: end.attestation }),
          },
        },
        trx,
      );
    });
    changes.modelChanged({ model });
  }
}

function reasonOf(error: unknown, late: AbortSignal, timeout: number): string {
  if (late.aborted) {
    return `It took longer than ${Math.round(
      timeout / 1000,
    )} seconds, the limit of ml.evaluation.timeout`;
  }
  return error instanceof EvaluationFailure
    ? error.message
    : `Something went wrong in the platform: ${(error as Error).message}`;
}
