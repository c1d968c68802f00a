import { randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { parseRejectionLimit } from '@ml-platform/batch';
import type {
  BatchJob,
  BatchJobSettings,
  CreateBatchJobRequest,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { BatchJobFiles } from './BatchJobFiles';
import type { BatchJobStore } from './BatchJobStore';

export interface BatchJobServiceOptions {
  store: BatchJobStore;
  files: BatchJobFiles;
  registry: RegistryService;
  authorizer: Pick<Authorizer, 'requirePrediction'>;
  audit: AuditLog;
  changes: ChangeNotifier;
  /** Milliseconds that the files of a job are kept. */
  keepFor: number;
  onCreated(): void;
  /** Ends a job that this process works on, at once. */
  onCancelled(id: string): void;
}

const LISTED = 50;

/**
 * Predictions for whole files, for who may have one prediction; the files
 * are for the one who asked alone, whoever else may do what.
 */
export class BatchJobService {
  readonly #options: BatchJobServiceOptions;

  constructor(options: BatchJobServiceOptions) {
    this.#options = options;
  }

  async create(
    context: RequestContext,
    model: string,
    request: CreateBatchJobRequest,
    input: Readable,
  ): Promise<BatchJob> {
    const { audit, authorizer, changes, files, keepFor, registry, store } =
      this.#options;
    const { environment, pin, ...given } = request;
    await authorizer.requirePrediction(
      context,
      await registry.getModel(context, model),
      environment,
    );
    const settings: BatchJobSettings = {
      ...{ columns: [], keep: [], missing: 'reject', maxRejected: '0' },
      outputFormat: given.inputFormat,
      ...given,
    };
    if (!parseRejectionLimit(settings.maxRejected)) {
      throw new InputError(
        `maxRejected: '${settings.maxRejected}' is neither a number of rows nor a share such as 0.5%`,
      );
    }
    const id = randomUUID();
    const inputBytes = await files.receive({ id, settings }, input);
    let job: BatchJob;
    try {
      job = await store.transaction(async trx => {
        const created = await store.create(trx, {
          ...{ id, model, environment, pin, settings, inputBytes },
          requestedBy: context.actor,
          expiresAt: new Date(Date.now() + keepFor).toISOString(),
        });
        await audit.record(
          {
            actor: context.actor,
            action: 'batch.create',
            resource: `deployment:${environment}/${model}`,
            outcome: 'succeeded',
            details: { job: id, inputBytes, ...(pin && { asked: pin }) },
            requestId: context.requestId,
          },
          trx,
        );
        return created;
      });
    } catch (error) {
      await files.remove(id);
      throw error;
    }
    this.#options.onCreated();
    changes.modelChanged({ model });
    return job;
  }

  async list(
    context: RequestContext,
    model: string,
  ): Promise<{ items: BatchJob[] }> {
    const { registry, store } = this.#options;
    await registry.getModel(context, model);
    return { items: await store.list({ model, limit: LISTED }) };
  }

  async get(context: RequestContext, id: string): Promise<BatchJob> {
    const { registry, store } = this.#options;
    const job = await store.get(id);
    if (!job) throw unknownJob(id);
    // Who may not see the model learns no more than of a job that does not exist.
    await registry.getModel(context, job.model).catch(error => {
      throw error.name === 'NotFoundError' ? unknownJob(id) : error;
    });
    return job;
  }

  async cancel(context: RequestContext, id: string): Promise<BatchJob> {
    const { audit, changes, store } = this.#options;
    const job = await this.#getOwn(context, id, 'end');
    const ended = await store.transaction(async trx => {
      const end = { state: 'cancelled', message: 'It was cancelled' } as const;
      if (!(await store.end(trx, id, end))) return false;
      await audit.record(
        {
          actor: context.actor,
          action: 'batch.cancel',
          resource: `deployment:${job.environment}/${job.model}`,
          outcome: 'succeeded',
          details: { job: id },
          requestId: context.requestId,
        },
        trx,
      );
      return true;
    });
    if (!ended) {
      const { state } = await this.get(context, id);
      if (state === 'cancelled') return this.get(context, id);
      throw new ConflictError(`Batch job ${id} has ended already: ${state}`);
    }
    this.#options.onCancelled(id);
    await this.#options.files.remove(id);
    changes.modelChanged({ model: job.model });
    return this.get(context, id);
  }

  /** Opens one of the files that a job made. */
  async open(
    context: RequestContext,
    id: string,
    which: 'output' | 'rejected',
  ): Promise<{ name: string; size: number; stream: ReadStream }> {
    const { audit, files } = this.#options;
    const job = await this.#getOwn(context, id, 'read the files of');
    if (which === 'output' && job.state !== 'succeeded') {
      throw new ConflictError(
        `Batch job ${id} has no output: it is ${job.state}`,
      );
    }
    const path = which === 'output' ? files.output(job) : files.rejected(job);
    const found = await stat(path).catch(() => undefined);
    if (!found) {
      throw new NotFoundError(
        which === 'rejected' && files.has(id)
          ? `Batch job ${id} rejected no row`
          : `The files of batch job ${id} are not here any more; they were kept until ${job.expiresAt}`,
      );
    }
    await audit.record({
      actor: context.actor,
      action: 'batch.download',
      resource: `deployment:${job.environment}/${job.model}`,
      outcome: 'succeeded',
      details: { job: id, file: which, bytes: found.size },
      requestId: context.requestId,
    });
    const ending = which === 'output' ? job.settings.outputFormat : 'jsonl';
    return {
      name: `${job.model}-${id.slice(0, 8)}-${which}.${ending}`,
      size: found.size,
      stream: createReadStream(path),
    };
  }

  async #getOwn(
    context: RequestContext,
    id: string,
    what: string,
  ): Promise<BatchJob> {
    const job = await this.get(context, id);
    if (job.requestedBy === context.actor) return job;
    await this.#options.audit.record({
      actor: context.actor,
      action: 'batch.access',
      resource: `deployment:${job.environment}/${job.model}`,
      outcome: 'denied',
      details: { job: id },
      requestId: context.requestId,
    });
    throw new NotAllowedError(
      `Only ${job.requestedBy}, who asked for batch job ${id}, may ${what} it`,
    );
  }
}

function unknownJob(id: string): Error {
  return new NotFoundError(`There is no batch job ${id}`);
}
