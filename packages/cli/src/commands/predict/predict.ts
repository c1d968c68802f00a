import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import type { CommandContext } from '../../CommandContext';
import { isAlias, usageError } from '../parseRef';
import { parseTarget } from '../parseTarget';
import { resolveRef } from '../resolveRef';
import type { PredictOptions } from './command';
import { gatewayToken } from './gatewayToken';
import { infer } from './infer';
import { printPrediction } from './printPrediction';
import { sampleRequest } from './sampleRequest';

/** `ml predict` */
export async function predict(
  context: CommandContext,
  target: string,
  options: PredictOptions,
): Promise<void> {
  const { model, pin: given } = parseTarget(target);
  const { input, data, sample } = options;
  const sources = [input, data, sample].filter(source => source !== undefined);
  if (sources.length > 1) {
    throw usageError('Use one of --input, --data and --sample');
  }
  const { connection, client } = await context.connect();
  const { output } = context;
  const pin =
    given && isAlias(given)
      ? (await resolveRef({ client, output }, { model, alias: given })).version
      : given;
  const request = sample
    ? await sampleRequest(
        client,
        model,
        await versionFor(context, model, pin, options.env),
      )
    : await readRequest(context, input, data);
  checkRequest(request);
  const { gateways } = await client.info();
  const path = pin ? `${model}/versions/${pin}` : model;
  const answer = await infer({
    gateway: gateways[options.env],
    path: `/v2/models/${path}/infer`,
    environment: options.env,
    request,
    token: gatewayToken(connection.token),
  });
  await printPrediction(output, answer);
}

/** The version whose sample is sent: the pinned one, else the live one. */
async function versionFor(
  { connect }: CommandContext,
  model: string,
  pin: string | undefined,
  environment: PredictOptions['env'],
): Promise<string> {
  const { client } = await connect();
  if (pin?.includes('.')) return pin;
  const { latestVersion, deployments } = await client.getModel(model);
  const live = deployments.find(item => item.environment === environment);
  if (pin === undefined) return live?.version ?? latestVersion ?? '';
  const { items } = await client.listVersions(model, { limit: 100 });
  const found = items.find(item => item.version.startsWith(`${pin}.`));
  if (!found)
    throw usageError(`${model} has no version of the API version ${pin}`);
  return found.version;
}

async function readRequest(
  { canAsk }: CommandContext,
  input: string | undefined,
  data: string | undefined,
): Promise<string> {
  if (data !== undefined) return data;
  if (input === undefined || input === '-') {
    if (process.stdin.isTTY && canAsk) {
      throw usageError(
        'There is no request',
        'Use --input <file>, --data <json> or --sample, or pipe it in.',
      );
    }
    return readAll(process.stdin);
  }
  return readFile(input, 'utf8').catch(error => {
    throw usageError(`Cannot read ${input}: ${error.message}`);
  });
}

function checkRequest(request: string) {
  let parsed: { inputs?: unknown } | null;
  try {
    parsed = JSON.parse(request);
  } catch (error) {
    throw usageError(`The request is not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(parsed?.inputs)) {
    throw usageError(
      'The request has no list of inputs',
      'Write {"inputs": [{"name": …, "datatype": …, "shape": […], "data": […]}]}.',
    );
  }
}
