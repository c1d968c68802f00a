import { NotFoundError, NotImplementedError } from '@backstage/errors';
import {
  type ServedModelKey,
  type TrafficReport,
  type TriedPrediction,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import { callGateway } from './callGateway';

export interface PredictionServiceOptions {
  registry: RegistryService;
  authorizer: Pick<Authorizer, 'requirePrediction'>;
  audit: AuditLog;
  target: Pick<ServingTarget, 'getGatewayUrl' | 'getTraffic'>;
  /** Key of the portal, where the gateways ask for one. */
  gatewayKey?: string;
  fetchGateway: typeof fetch;
}

/**
 * Lets somebody who sees a model try it from the portal, whose pages may not
 * call another origin. Who did is recorded; what was sent and answered never is.
 */
export class PredictionService {
  readonly #options: PredictionServiceOptions;

  constructor(options: PredictionServiceOptions) {
    this.#options = options;
  }

  /** What became of requests in the last day, for whoever sees the model. */
  async getTraffic(
    context: RequestContext,
    key: ServedModelKey,
  ): Promise<TrafficReport> {
    const { registry, target } = this.#options;
    await registry.getModel(context, key.model);
    if (!target.getTraffic) {
      throw new NotImplementedError(
        'What serves the models here does not count their traffic; see its own dashboards',
      );
    }
    return target.getTraffic(key);
  }

  /**
   * The first sample request of a version, for who may ask for predictions: of
   * the package they need not be let see anything else.
   */
  async getSample(
    context: RequestContext,
    key: { model: string; version: string },
  ): Promise<string> {
    const { authorizer, registry } = this.#options;
    const { version } = await registry.getVersion(
      context,
      key.model,
      key.version,
    );
    const model = await registry.getModel(context, key.model);
    await authorizer.requirePrediction(context, model);
    const [sample] = await registry.readSamples(model.name, version);
    if (sample === undefined) {
      throw new NotFoundError(
        `The package of ${model.name}@${version} has no sample request`,
      );
    }
    return sample;
  }

  async try(
    context: RequestContext,
    key: ServedModelKey,
    request: { body: Buffer; version?: string },
  ): Promise<TriedPrediction> {
    const { audit, authorizer, gatewayKey, registry, target } = this.#options;
    const { environment, model } = key;
    await authorizer.requirePrediction(
      context,
      await registry.getModel(context, model),
      environment,
    );
    const { body, version } = request;
    const event = {
      actor: context.actor,
      action: 'prediction.try',
      resource: `deployment:${environment}/${model}`,
      requestId: context.requestId,
    };
    const asked = { ...(version && { asked: version }) };
    await audit.record({ ...event, outcome: 'intended', details: asked });
    let answer: TriedPrediction;
    try {
      answer = await callGateway({
        url: `${target.getGatewayUrl(environment)}/v2/models/${model}${
          version ? `/versions/${version}` : ''
        }/infer`,
        requestId: context.requestId,
        key: gatewayKey,
        fetch: this.#options.fetchGateway,
        body,
      });
    } catch (error) {
      await audit.record({ ...event, outcome: 'failed', details: asked });
      throw error;
    }
    await audit.record({
      ...event,
      outcome: answer.status < 400 ? 'succeeded' : 'failed',
      details: {
        ...asked,
        status: answer.status,
        ...(answer.version && { version: answer.version }),
      },
    });
    return answer;
  }
}
