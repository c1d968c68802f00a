import { setTimeout as sleep } from 'node:timers/promises';
import type { Evaluation, Model, Version } from '@ml-platform/plugin-ml-common';
import type { EvaluationRequests } from '../../evaluations/EvaluationRequests';
import type { EvaluationStore } from '../../evaluations/EvaluationStore';
import type { RegistryService } from '../../registry/RegistryService';
import type { RegistryStore } from '../../registry/RegistryStore';
import type { ReleaseAdmission } from '../admission/ReleaseAdmission';
import type { ReleaseExceptions } from '../admission/ReleaseExceptions';
import { ReleaseRefusal } from '../admission/ReleaseRefusal';
import { liveVersion } from '../deploymentState';
import { ReleaseMovedOn, type ReleaseMoves } from '../ReleaseMoves';
import type { ActiveRelease, ReleaseStore } from '../ReleaseStore';
import type { Standing, StartConditions } from './StartConditions';

export interface WaitingStepsOptions {
  store: ReleaseStore;
  moves: ReleaseMoves;
  models: Pick<RegistryStore, 'getModel'>;
  registry: Pick<RegistryService, 'getVersionForRelease'>;
  conditions: StartConditions;
  evaluations: Pick<EvaluationStore, 'get'>;
  requests: EvaluationRequests;
  admission: ReleaseAdmission;
  exceptions: ReleaseExceptions;
}

/** What is live changed between the last look and the beginning. */
class LookAgain extends Error {}

/** An evaluation takes seconds. */
const GATE_POLL_MS = 250;
/** A person may take days. */
const APPROVAL_POLL_MS = 1_000;

/**
 * What a release waits for before it begins: that its version has passed its
 * evaluation, and that a second person approved what needs it. Like all steps,
 * each may be repeated after a crash: the evaluation that a gate has run is
 * noted with the release in the transaction that asks for it, and an approval
 * is used up in the transaction that lets the release go on.
 */
export class WaitingSteps {
  readonly #options: WaitingStepsOptions;

  constructor(options: WaitingStepsOptions) {
    this.#options = options;
  }

  async run(release: ActiveRelease, signal: AbortSignal): Promise<void> {
    try {
      if (release.state === 'gate') await this.#passGate(release, signal);
      else await this.#awaitApproval(release, signal);
    } catch (error) {
      // A person ended it meanwhile; or it is looked at again, as things are now.
      if (error instanceof ReleaseMovedOn || error instanceof LookAgain) return;
      if (!(error instanceof ReleaseRefusal)) throw error;
      await this.#refuse(release, error.message);
    }
  }

  async #passGate(release: ActiveRelease, signal: AbortSignal): Promise<void> {
    const { evaluations, moves } = this.#options;
    const { model, standing, version } = await this.#look(release);
    if (standing.state === 'refused') {
      await this.#refuse(release, standing.message);
      return;
    }
    if (standing.state === 'open') {
      if (release.awaiting?.length) {
        await moves.move(release, 'approval', standing.message);
      } else {
        await this.#begin(
          release,
          { model, version },
          standing,
          standing.message,
        );
      }
      return;
    }
    const known =
      release.evaluation && (await evaluations.get(release.evaluation));
    // One that passed does not count any more, else nothing would be missing.
    const id =
      known && known.state !== 'passed'
        ? known.id
        : await this.#startEvaluation(release, version);
    const ended = await this.#poll<Evaluation>(release, signal, async () => {
      const now = await evaluations.get(id);
      return now?.finishedAt ? now : undefined;
    });
    if (!ended) return;
    const after = (await this.#look(release)).standing;
    // The next look lets it on, or has it compared with what is live by now.
    const isOutdated = after.state === 'missing' && after.isOutdated;
    if (after.state === 'open' || (isOutdated && ended.state === 'passed')) {
      return;
    }
    await this.#refuse(
      release,
      ended.state === 'passed'
        ? after.message
        : `${release.model}@${release.version} ${
            ended.state === 'error'
              ? 'could not be evaluated'
              : 'did not pass the gate'
          }: ${ended.summary}`,
    );
  }

  async #look(release: ActiveRelease): Promise<{
    model: Pick<Model, 'name' | 'owner'>;
    version: Version;
    standing: Standing;
  }> {
    const { conditions, models, registry } = this.#options;
    const version = await registry.getVersionForRelease(
      release.model,
      release.version,
    );
    const model = (await models.getModel(release.model))!;
    const standing = await conditions.look(release, model, version);
    return { model, version, standing };
  }

  async #startEvaluation(
    release: ActiveRelease,
    version: Parameters<EvaluationRequests['open']>[1],
  ): Promise<string> {
    const { requests, store } = this.#options;
    const { id, requestedBy } = release;
    const opened = await requests.open(
      { actor: requestedBy, requestId: id },
      version,
      (evaluation, trx) => store.noteEvaluation(id, evaluation.id, trx),
    );
    // It may have been under way already, for somebody else.
    await store.noteEvaluation(id, opened.id);
    return opened.id;
  }

  async #awaitApproval(
    release: ActiveRelease,
    signal: AbortSignal,
  ): Promise<void> {
    const { exceptions, moves } = this.#options;
    const awaited = release.awaiting ?? [];
    const over = await this.#poll(release, signal, async () => {
      const standings = await Promise.all(
        awaited.map(each => exceptions.standing(each)),
      );
      const refusal = standings.find(each => each.refusal)?.refusal;
      if (refusal) return { refusal };
      return standings.every(each => each.isApproved) ? {} : undefined;
    });
    if (!over) return;
    if (over.refusal) {
      await this.#refuse(release, over.refusal);
      return;
    }
    const { standing, ...subject } = await this.#look(release);
    if (standing.state === 'refused') {
      await this.#refuse(release, standing.message);
    } else if (standing.state === 'missing') {
      await moves.move(release, 'gate', standing.message);
    } else {
      const cause = 'A second person approved it';
      await this.#begin(release, subject, standing, cause);
    }
  }

  /** The rules hold when it begins, too: a freeze may have come while it waited. */
  async #begin(
    release: ActiveRelease,
    {
      model,
      version: { digest },
    }: { model: Pick<Model, 'name' | 'owner'>; version: Version },
    { live }: Pick<Standing & { state: 'open' }, 'live'>,
    cause: string,
  ): Promise<void> {
    const { admission, exceptions, moves, store } = this.#options;
    const { environment, id, version } = release;
    const awaited = release.awaiting ?? [];
    const rules = [...awaited, ...(release.lifted ?? [])].map(
      ({ rule }) => rule,
    );
    if (!rules.includes('freeze')) {
      admission.checkFreeze(
        { model, environment },
        await admission.getPolicy(),
      );
    }
    await moves.move(release, 'pending', cause, {
      within: async trx => {
        const lifted = [...(release.lifted ?? [])];
        for (const { rule } of awaited) {
          const used = await exceptions.use(
            { actor: release.requestedBy, requestId: id },
            {
              ...{ model: model.name, rule },
              subject: { environment, version, digest },
            },
            trx,
          );
          if (!('approval' in used)) {
            throw new ReleaseRefusal('APPROVAL_REQUIRED', used.problem);
          }
          lifted.push({ rule, approval: used.approval });
        }
        // Right now, the data plane may have been rolled back.
        const deployment = await store.getDeployment(
          model.name,
          environment,
          trx,
        );
        const fromVersion = deployment && liveVersion(deployment);
        if (fromVersion !== live) throw new LookAgain();
        await store.settle(trx, id, { lifted, awaiting: [], fromVersion });
      },
    });
  }

  async #refuse(release: ActiveRelease, reason: string): Promise<void> {
    await this.#options.moves
      .move(release, 'refused', reason, { error: reason })
      .catch(error => {
        if (!(error instanceof ReleaseMovedOn)) throw error;
      });
  }

  /** @returns undefined when the release is not to be worked on any more */
  async #poll<T>(
    release: ActiveRelease,
    signal: AbortSignal,
    look: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    while (!signal.aborted) {
      const found = await look();
      if (found) return found;
      const interval =
        release.state === 'gate' ? GATE_POLL_MS : APPROVAL_POLL_MS;
      await sleep(interval, undefined, { signal }).catch(() => {});
      const now = await this.#options.store.get(release.id);
      if (now?.state !== release.state) return undefined;
    }
    return undefined;
  }
}
