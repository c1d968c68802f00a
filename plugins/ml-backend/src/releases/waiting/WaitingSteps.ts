import { setTimeout as sleep } from 'node:timers/promises';
import type { Evaluation, Model } from '@ml-platform/plugin-ml-common';
import type { EvaluationGate } from '../../evaluations/EvaluationGate';
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

export interface WaitingStepsOptions {
  store: ReleaseStore;
  moves: ReleaseMoves;
  models: Pick<RegistryStore, 'getModel'>;
  registry: Pick<RegistryService, 'getVersionForRelease'>;
  gate: Pick<EvaluationGate, 'judge' | 'isRequiredFor'>;
  evaluations: Pick<EvaluationStore, 'get'>;
  requests: EvaluationRequests;
  admission: ReleaseAdmission;
  exceptions: ReleaseExceptions;
}

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
      // A person ended it meanwhile.
      if (error instanceof ReleaseMovedOn) return;
      if (!(error instanceof ReleaseRefusal)) throw error;
      await this.#refuse(release, error.message);
    }
  }

  async #passGate(release: ActiveRelease, signal: AbortSignal): Promise<void> {
    const { evaluations, gate, models, registry } = this.#options;
    const version = await registry.getVersionForRelease(
      release.model,
      release.version,
    );
    const model = (await models.getModel(release.model))!;
    const judge = () => gate.judge(model, version);
    let finding = await judge();
    if (!finding.passed && (await gate.isRequiredFor(release.environment))) {
      const id =
        release.evaluation ?? (await this.#startEvaluation(release, version));
      const ended = await this.#poll<Evaluation>(release, signal, async () => {
        const now = await evaluations.get(id);
        return now?.finishedAt ? now : undefined;
      });
      if (!ended) return;
      finding = await judge();
      if (!finding.passed) {
        await this.#refuse(
          release,
          `${release.model}@${release.version} ${
            ended.state === 'error'
              ? 'could not be evaluated'
              : 'did not pass the gate'
          }: ${ended.state === 'passed' ? finding.message : ended.summary}`,
        );
        return;
      }
    }
    const cause = `${release.model}@${release.version}: ${finding.message}`;
    if (release.awaiting?.length) {
      await this.#options.moves.move(release, 'approval', cause);
    } else {
      await this.#begin(release, model, cause);
    }
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
    const { exceptions, models } = this.#options;
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
    const model = (await models.getModel(release.model))!;
    await this.#begin(release, model, 'A second person approved it');
  }

  /** The rules hold when it begins, too: a freeze may have come while it waited. */
  async #begin(
    release: ActiveRelease,
    model: Pick<Model, 'owner' | 'name'>,
    cause: string,
  ): Promise<void> {
    const { admission, exceptions, moves, registry, store } = this.#options;
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
    const { digest } = await registry.getVersionForRelease(model.name, version);
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
        // While it waited, the data plane may have been rolled back.
        const deployment = await store.getDeployment(
          model.name,
          environment,
          trx,
        );
        await store.settle(trx, id, {
          ...{ lifted, awaiting: [] },
          fromVersion: deployment && liveVersion(deployment),
        });
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
