import type { Release, RolloutStatus } from '@ml-platform/plugin-ml-common';
import type { OutboxEvent } from '../webhooks/EventOutbox';

/** What others are told of the judge's decisions that came since so many events. */
export function verdictEvents(
  release: Release,
  rollout: RolloutStatus,
  told: number,
): OutboxEvent[] {
  const { environment, id, model, number, version } = release;
  return rollout.events.slice(told).flatMap(({ cause, step, verdict, what }) =>
    verdict
      ? [
          {
            type: 'internal.ml.release.verdict' as const,
            model,
            subject: `${environment}/${model}`,
            actor: release.requestedBy,
            data: {
              ...{ environment, release: id, number, version },
              decision: verdict.decision,
              rule: verdict.rule,
              followed: what,
              step,
              reason: cause,
              canary: verdict.canary,
              ...(verdict.stable && { stable: verdict.stable }),
            },
          },
        ]
      : [],
  );
}
