import {
  type BatchSummary,
  InferenceEndpoint,
  parseRejectionLimit,
  runBatch,
} from '@ml-platform/batch';
import type { CommandContext } from '../../CommandContext';
import { REQUEST_ID } from '../../connection/requestId';
import { formatDuration, plural } from '../../output/format';
import { isAlias, usageError } from '../parseRef';
import { parseTarget } from '../parseTarget';
import { resolveRef } from '../resolveRef';
import { quote } from '../register/quoteCommand';
import { batchReporter } from './batchReporter';
import type { BatchRunCommandOptions } from './command';
import { inputFile, outputFile } from './files';

const FIRST_ROWS = 16;
const MOST_ROWS = 4_096;

/** `ml batch run` */
export async function batchRun(
  context: CommandContext,
  target: string,
  options: BatchRunCommandOptions,
): Promise<void> {
  const { output } = context;
  const { model, pin: given } = parseTarget(target);
  const maxRejected = parseRejectionLimit(options.maxRejected);
  if (!maxRejected) {
    throw usageError(
      `--max-rejected ${options.maxRejected} is neither a number of rows nor a share such as 0.5%`,
    );
  }
  const input = await inputFile(options);
  const key = context.env.ML_CONSUMER_KEY;
  const headers = {
    ...(key && { authorization: `Bearer ${key}` }),
    ...parseHeaders(options.header),
  };
  const { gateway, pin } = await findGateway(context, options, model, given);
  context.onInterrupt(
    () =>
      `Interrupted. What is done is kept; go on with:\n  ml ${context.argv
        .map(quote)
        .join(' ')}`,
  );
  const reporter = batchReporter(output, model);
  try {
    const summary = await runBatch({
      endpoint: new InferenceEndpoint(gateway, model, {
        headers,
        requestId: REQUEST_ID,
      }),
      pin,
      input,
      output: outputFile(options),
      mapping: {
        columns: options.columns,
        keep: options.keep,
        missing: options.missing,
      },
      pace: {
        targetLatency: options.targetLatency,
        maxConcurrency: options.maxConcurrency,
        maxRows: options.batchSize ?? MOST_ROWS,
        rows: options.batchSize ?? FIRST_ROWS,
        rate: options.rate,
      },
      maxRejected,
      patience: options.giveUpAfter,
      restart: options.restart ?? false,
      reporter,
    });
    reporter.end(said(summary));
    await output.object({
      kind: 'BatchRun',
      data: { ...summary, gateway, environment: options.env },
      name: summary.output,
      text: () => '',
    });
  } finally {
    reporter.stop();
  }
}

function said(summary: BatchSummary): string {
  const { predicted, rejected, rejectedFile, durationMs } = summary;
  const bad = rejected ? `, ${rejected} rejected (${rejectedFile})` : '';
  return `${plural(predicted, 'row')} predicted by ${summary.model}@${
    summary.version
  } in ${formatDuration(durationMs)}${bad}: ${summary.output}`;
}

async function findGateway(
  { connect, output }: CommandContext,
  { env, gateway }: BatchRunCommandOptions,
  model: string,
  pin: string | undefined,
): Promise<{ gateway: string; pin?: string }> {
  if ((env === undefined) === (gateway === undefined)) {
    throw usageError('Use one of --env and --gateway');
  }
  const hasAlias = pin !== undefined && isAlias(pin);
  if (gateway !== undefined) {
    if (hasAlias) {
      throw usageError(
        `Only the portal knows what the alias '${pin}' stands for`,
        'Use --env, or name the version.',
      );
    }
    if (!URL.canParse(gateway)) {
      throw usageError(`--gateway ${gateway} is not a URL`);
    }
    return { gateway: gateway.replace(/\/+$/, ''), pin };
  }
  const { client } = await connect();
  const { gateways } = await client.info();
  return {
    gateway: gateways[env!],
    pin: hasAlias
      ? (await resolveRef({ client, output }, { model, alias: pin })).version
      : pin,
  };
}

function parseHeaders(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.map(header => {
      const [, name, value] = /^([!-9;-~]+):\s*(.*)$/.exec(header) ?? [];
      if (!name) {
        throw usageError(`--header ${header} is not of the form 'name: value'`);
      }
      return [name.toLowerCase(), value];
    }),
  );
}
