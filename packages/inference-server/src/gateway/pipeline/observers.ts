import type { CallObserver } from './steps';

/** Counts for the status of versions and for the judge of a rollout. */
export const counting: CallObserver = {
  ended({ pin }, { choice, caller, status, latencyMs }) {
    if (!choice) return;
    const { model, runner } = choice;
    const { version } = runner.spec;
    runner.requests += 1;
    if (status >= 500) runner.errors += 1;
    if (status < 400) runner.latencies.add(latencyMs);
    if (choice.assignment) {
      model.experiment?.count(choice.assignment, { status, latencyMs });
    }
    // Who asks for one version exactly says nothing of how it compares.
    if (pin === version) return;
    const client = caller?.client ?? '';
    model.rollout?.count({ version, client, status, latencyMs });
  },
};
