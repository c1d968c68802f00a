import {
  type ExperimentArm,
  type ExperimentCounts,
  experimentShare,
  type ModelExperiment,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import type { Output } from '../../output/Output';
import { renderTable } from '../../output/renderTable';
import { confirm } from '../confirm';
import type { StartOptions, StopOptions } from './command';

const NO_DATA = 'no data';

/** What tables say of an arm. */
const COLUMNS = [
  'ARM',
  'VERSION',
  'SHARE',
  'REQUESTS',
  'FAILED',
  'P50',
  'P99',
] as const;

/** An arm with what was counted of it; without counts while the data plane says none. */
interface ArmRow extends Partial<ExperimentCounts> {
  arm: string;
  version: string;
  /** Between 0 and 1. */
  share: number;
}

/** `ml experiments list` */
export async function listExperiments(
  { connect, output }: CommandContext,
  model: string,
): Promise<void> {
  const { client } = await connect();
  const { items } = await client.experiments.list(model);
  await output.list({
    kind: 'ExperimentList',
    items: items.flatMap(experiment =>
      experiment.arms.map(arm => ({
        environment: experiment.environment,
        experiment: experiment.name,
        state: experiment.state,
        ...toRow(experiment, arm),
      })),
    ),
    name: item => `${item.environment}/${item.experiment}/${item.arm}`,
    empty: `No experiment of ${model} runs. Begin one: ml experiments start --help`,
    columns: [
      { header: 'ENVIRONMENT', cell: item => item.environment },
      { header: 'EXPERIMENT', cell: item => item.experiment },
      { header: 'STATE', cell: item => item.state },
      ...COLUMNS.map((header, index) => ({
        header,
        cell: (item: ArmRow) => cellsOf(item)[index],
      })),
    ],
  });
}

/** `ml experiments start` */
export async function startExperiment(
  { connect, output }: CommandContext,
  { model, name }: { model: string; name: string },
  options: StartOptions,
): Promise<void> {
  const arms = parseArms(options.arm);
  const { client } = await connect();
  const experiment = await client.experiments.start(model, {
    environment: options.env,
    name,
    arms,
    stickyHeader: options.stickyHeader?.toLowerCase(),
    forcible: options.force,
  });
  if (experiment.state === 'running') {
    output.done(`Experiment '${name}' of ${model} runs in ${options.env}`);
  } else {
    output.hint(
      `Experiment '${name}' of ${model} begins in ${options.env} as soon as the data plane answers`,
    );
  }
  await print(output, experiment);
}

/** `ml experiments set` */
export async function changeExperiment(
  { connect, output }: CommandContext,
  model: string,
  options: Pick<StartOptions, 'env' | 'arm'>,
): Promise<void> {
  const arms = parseArms(options.arm);
  const { client } = await connect();
  await print(
    output,
    await client.experiments.change(model, options.env, { arms }),
  );
}

/** `ml experiments stop` */
export async function stopExperiment(
  context: CommandContext,
  model: string,
  { env: environment, yes }: StopOptions,
): Promise<void> {
  const { connect, output } = context;
  if (!yes) {
    await confirm(context, `end the experiment of ${model} in ${environment}`);
  }
  const { client } = await connect();
  const experiment = await client.experiments.stop(model, environment);
  output.done(
    `Experiment '${experiment.name}' of ${model} in ${environment} has ended`,
  );
  await print(output, experiment);
}

function parseArms(texts: string[] = []): ExperimentArm[] {
  return texts.map(text => {
    const match = /^([^=]+)=([^:]+):([\d.]+)$/.exec(text);
    if (!match) {
      throw new CliError({
        code: 'USAGE',
        exitCode: ExitCode.usage,
        message: `--arm: '${text}' is not <name>=<version>:<weight>`,
        hint: 'Write for instance: --arm control=1.0.0:80 --arm new=1.1.0:20',
      });
    }
    const [, name, version, weight] = match;
    return { name, version, weight: Number(weight) };
  });
}

async function print(
  output: Output,
  experiment: ModelExperiment,
): Promise<void> {
  await output.object({
    kind: 'Experiment',
    name: experiment.name,
    data: experiment,
    text: () =>
      renderTable(
        [...COLUMNS],
        experiment.arms.map(arm => cellsOf(toRow(experiment, arm))),
      ),
  });
}

function toRow(experiment: ModelExperiment, arm: ExperimentArm): ArmRow {
  return {
    arm: arm.name,
    version: arm.version,
    share: experimentShare(experiment, arm),
    ...experiment.counts?.[arm.name],
  };
}

function cellsOf(row: ArmRow): string[] {
  const { arm, errors, latencyMs, requests, share, version } = row;
  return [
    arm,
    version,
    `${Number((share * 100).toPrecision(3))} %`,
    String(requests ?? NO_DATA),
    String(errors ?? NO_DATA),
    milliseconds(latencyMs?.p50),
    milliseconds(latencyMs?.p99),
  ];
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? NO_DATA : `${value} ms`;
}
