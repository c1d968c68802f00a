import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { peekBundle, ProofError } from '@ml-platform/attestations';
import { testResultSchema } from '@ml-platform/evaluation';
import {
  type AttachEvaluationRequest,
  type Evaluation,
  type EvaluationGateState,
  type EvaluationReport,
  evaluationReportSchema,
  type Model,
  mlVersionRegisterPermission,
  PACKAGE_FILES,
  type Page,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { createHash } from 'node:crypto';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { ProofService } from '../proof/ProofService';
import type { RegistryService } from '../registry/RegistryService';
import type { EvaluationGate } from './EvaluationGate';
import type { EvaluationRequests } from './EvaluationRequests';
import type { EvaluationSettings } from './evaluationSettings';
import type { EvaluationStore } from './EvaluationStore';
import type { ResultAttachment } from './ResultAttachment';
import { suiteOf } from './testResults';

export interface EvaluationServiceOptions {
  store: EvaluationStore;
  registry: RegistryService;
  authorizer: Authorizer;
  proofs: Pick<ProofService, 'verify'>;
  gate: EvaluationGate;
  attachment: ResultAttachment;
  settings: EvaluationSettings;
  audit: AuditLog;
  changes: ChangeNotifier;
  requests: EvaluationRequests;
}

/** Asking for evaluations, attaching those that ran elsewhere, and reading them. */
export class EvaluationService {
  readonly #options: EvaluationServiceOptions;

  constructor(options: EvaluationServiceOptions) {
    this.#options = options;
  }

  /** Has the suite of a version run; gives the one under way, if there is one. */
  async start(
    context: RequestContext,
    name: string,
    versionName: string,
  ): Promise<Evaluation> {
    const { requests, settings } = this.#options;
    const { version } = await this.#forEvaluation(context, name, versionName);
    if (!settings.signer) {
      throw new ConflictError(
        `This platform has no ml.evaluation.signingKey, so what it evaluates would not count; set one, or evaluate elsewhere: 'ml eval ${name}@${version.version} --sign-key <trusted key> --attach'`,
      );
    }
    return requests.open(context, version);
  }

  /** @throws InputError for a result that is not about this version, its suite, or the report */
  async attach(
    context: RequestContext,
    name: string,
    versionName: string,
    request: AttachEvaluationRequest,
  ): Promise<Evaluation> {
    const { attachment, audit, changes, proofs, store } = this.#options;
    const { model, version } = await this.#forEvaluation(
      context,
      name,
      versionName,
    );
    const bundle = Buffer.from(request.bundle, 'base64');
    const signer = await this.#explained(() =>
      proofs.verify(model, version, bundle),
    );
    const report = readReport(request.report, bundle, version);
    const attestation = await attachment.attach(version, bundle, {
      actor: context.actor,
      requestId: context.requestId,
    });
    const ended = await store.transaction(async trx => {
      const created = await store.create(trx, {
        ...{ model: name, version: version.version, digest: version.digest },
        ...{ origin: 'attached', requestedBy: context.actor },
      });
      await store.end(trx, created.id, {
        ...{ state: report.verdict, summary: report.summary },
        ...{ report: request.report, attestation, signer },
        ...(report.baseline && { baseline: report.baseline.version }),
      });
      await audit.record(
        {
          actor: context.actor,
          action: 'evaluation.attach',
          resource: `version:${name}@${version.version}`,
          outcome: 'succeeded',
          requestId: context.requestId,
          details: {
            ...{ evaluation: created.id, digest: version.digest },
            ...{ verdict: report.verdict, attestation, signer },
          },
        },
        trx,
      );
      return created;
    });
    changes.modelChanged({ model: name });
    return (await store.get(ended.id))!;
  }

  async list(
    context: RequestContext,
    model: string,
    query: { version?: string; limit: number },
  ): Promise<Page<Evaluation>> {
    await this.#options.registry.getModel(context, model);
    return { items: await this.#options.store.list({ model, ...query }) };
  }

  async get(context: RequestContext, id: string): Promise<Evaluation> {
    const { registry, store } = this.#options;
    const evaluation = await store.get(id);
    // One of a hidden model is not there, and its model is not named.
    const model = await registry.findModel(context, evaluation?.model);
    if (!evaluation || !model) {
      throw new NotFoundError(`There is no evaluation ${id}`);
    }
    return evaluation;
  }

  async getGate(
    context: RequestContext,
    name: string,
    versionName: string,
  ): Promise<EvaluationGateState> {
    const { gate, registry } = this.#options;
    const model = await registry.getModel(context, name);
    return gate.judge(
      model,
      await registry.getVersion(context, name, versionName),
    );
  }

  /** Who may register versions may have them evaluated. */
  async #forEvaluation(
    context: RequestContext,
    name: string,
    versionName: string,
  ): Promise<{ model: Pick<Model, 'owner'>; version: Version }> {
    const { authorizer, registry } = this.#options;
    const model = await registry.getModel(context, name);
    await authorizer.requireForModel(
      context,
      mlVersionRegisterPermission,
      model,
    );
    const version = await registry.getVersion(context, name, versionName);
    if (version.state === 'deleted') {
      throw new ConflictError(
        `${name}@${version.version} was deleted; its bytes are gone`,
      );
    }
    return { model, version };
  }

  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      throw new InputError(`bundle: ${error.message}`);
    }
  }
}

function readReport(
  text: string,
  bundle: Buffer,
  version: Version,
): EvaluationReport {
  let parsed;
  try {
    parsed = evaluationReportSchema.safeParse(JSON.parse(text));
  } catch {
    throw new InputError('report: is not JSON');
  }
  if (!parsed.success) {
    const { message, path } = parsed.error.issues[0];
    throw new InputError(`report: ${path.join('.')} ${message}`);
  }
  const result = testResultSchema.safeParse(
    peekBundle(bundle).statement.predicate,
  );
  const suite = version.files.find(({ path }) => path === PACKAGE_FILES.suite);
  const named = result.data && suite && suiteOf(result.data, suite.digest);
  if (!named) {
    throw new InputError(
      `bundle: it is not the result of running the suite of ${version.model}@${
        version.version
      }${suite ? ` (${suite.digest})` : ''}`,
    );
  }
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const isSame =
    named.annotations?.report === digest &&
    (result.data!.result === 'PASSED') === (parsed.data.verdict === 'passed');
  if (!isSame) {
    throw new InputError('report: is not the one that the bundle names');
  }
  return parsed.data;
}
