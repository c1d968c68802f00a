import type {
  SchedulerServiceTaskInvocationDefinition,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';

/** Changes come in bursts, as when a release goes through its phases. */
const QUIET_MS = 1_000;

export interface PromptTaskRunnerOptions {
  /** When the task runs whatever happens: what no event told comes in then. */
  schedule: SchedulerServiceTaskRunner;
  events: EventsService;
  topic: string;
}

/**
 * Runs a task by schedule, and shortly after each event of a topic. One run at
 * a time; an event during a run causes one more, so that none is lost.
 */
export class PromptTaskRunner implements SchedulerServiceTaskRunner {
  readonly #options: PromptTaskRunnerOptions;

  constructor(options: PromptTaskRunnerOptions) {
    this.#options = options;
  }

  async run(task: SchedulerServiceTaskInvocationDefinition): Promise<void> {
    const { events, schedule, topic } = this.#options;
    const signal = task.signal ?? new AbortController().signal;
    let last: Promise<unknown> = Promise.resolve();
    const runInTurn: typeof task.fn = async aborted => {
      const turn = last.then(() => task.fn(aborted));
      last = turn.catch(() => {});
      await turn;
    };
    await schedule.run({ ...task, fn: runInTurn });

    let timer: NodeJS.Timeout | undefined;
    signal.addEventListener('abort', () => clearTimeout(timer));
    await events.subscribe({
      id: `search-${task.id}`,
      topics: [topic],
      onEvent: async () => {
        if (signal.aborted) return;
        clearTimeout(timer);
        timer = setTimeout(() => {
          // It logs by itself, and the schedule tries again.
          Promise.resolve(runInTurn(signal)).catch(() => {});
        }, QUIET_MS);
        timer.unref();
      },
    });
  }
}
