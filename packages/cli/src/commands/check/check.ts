import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findBreakingChanges,
  type ModelFile,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { toCliError } from '../../errors/toCliError';
import { plural } from '../../output/format';
import { type Finding, printFindings } from '../../output/printFindings';
import { validatePackage } from '@ml-platform/packaging';
import { baseOf } from '../init/proposeContainer';
import { usageError } from '../parseRef';
import { checkAnswer, compareAnswers } from './checkAnswer';
import type { CheckOptions } from './command';
import { ask, readMetadata } from './protocol';

/** Says how it went; throws with what is wrong. */
type Probe = () => Promise<string>;

/** `ml check` */
export async function check(
  { output }: CommandContext,
  directory: string,
  url: string,
  options: CheckOptions,
): Promise<void> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw usageError(`'${url}' is no address such as http://localhost:8080`);
  }
  const model = await readPackage(directory);
  const server = baseOf(new URL(url));
  const findings: Finding[] = [];
  for (const [name, probe] of probesOf(directory, model, server, options)) {
    try {
      findings.push({ check: name, ok: true, message: await probe() });
    } catch (error) {
      const { message } = toCliError(error);
      findings.push({ check: name, ok: false, message });
    }
  }
  await printFindings(output, findings);
  const failed = findings.filter(({ ok }) => !ok);
  if (!failed.length) {
    output.done(
      `${server} keeps the contract of ${model.name}@${model.version}`,
    );
    return;
  }
  throw new CliError({
    code: 'CONTRACT_BROKEN',
    message: `${server} does not keep the contract of ${model.name}@${
      model.version
    }: ${plural(failed.length, 'check')} failed`,
    hint: 'Correct the server, or what model.yaml says of it; then check again.',
  });
}

async function readPackage(directory: string): Promise<ModelFile> {
  // What is still to be written elsewhere does not matter to a server.
  const { model } = await validatePackage(directory);
  if (model) return model;
  throw new CliError({
    code: 'PACKAGE_INVALID',
    message: `${directory} has no valid model.yaml`,
    hint: `See what is wrong with it: ml validate ${directory}`,
  });
}

function* probesOf(
  directory: string,
  model: ModelFile,
  server: string,
  options: CheckOptions,
): Generator<[string, Probe]> {
  const { container } = model;
  const name = options.model ?? container?.model ?? model.name;
  const base = `/v2/models/${encodeURIComponent(name)}`;
  for (const [label, path] of [
    ['live', container?.live ?? '/v2/health/live'],
    ['ready', container?.ready ?? '/v2/health/ready'],
    ['model ready', `${base}/ready`],
  ]) {
    yield [label, () => expectStatus(server, path, 200)];
  }
  yield ['metadata', () => checkMetadata(server, name, model)];
  for (const path of model.samples ?? []) {
    yield [
      `sample ${path}`,
      () => checkSampleOf(directory, path, model, `${server}`, base),
    ];
  }
  yield [
    'refuses a request without inputs',
    () => expectRefusal(server, `${base}/infer`, '{"inputs": []}'),
  ];
  yield [
    'refuses what is no JSON',
    () => expectRefusal(server, `${base}/infer`, '{'),
  ];
  yield [
    'does not know another model',
    () =>
      expectRefusal(server, '/v2/models/no-such-model/infer', '{"inputs": []}'),
  ];
}

async function expectStatus(server: string, path: string, wanted: number) {
  const { status, milliseconds } = await ask(server, path);
  if (status !== wanted)
    throw broken(`${path} answered ${status}, not ${wanted}`);
  return `${path} answered ${status} in ${milliseconds} ms`;
}

/** 4xx says that the caller is wrong; 5xx would be counted as an error of the model. */
async function expectRefusal(server: string, path: string, body: string) {
  const { status } = await ask(server, path, body);
  if (status < 400 || status > 499) {
    throw broken(`${path} answered ${status}, not 4xx`);
  }
  return `${path} answered ${status}`;
}

async function checkMetadata(server: string, name: string, model: ModelFile) {
  const actual = await readMetadata(server, name);
  const changes = findBreakingChanges(model.interface, actual);
  if (!changes.length) {
    return `${plural(actual.inputs.length, 'input')} and ${plural(
      actual.outputs.length,
      'output',
    )}, as declared`;
  }
  throw broken(
    `the server differs from model.yaml: ${changes
      .map(({ message }) => message)
      .join('; ')}`,
  );
}

async function checkSampleOf(
  directory: string,
  path: string,
  model: ModelFile,
  server: string,
  base: string,
) {
  const body = await readFile(join(directory, path), 'utf8').catch(() => {
    throw broken(`${path} is not in the package`);
  });
  const { status, json, milliseconds } = await ask(
    server,
    `${base}/infer`,
    body,
  );
  if (status !== 200) {
    const said = (json as { error?: unknown } | undefined)?.error;
    throw broken(
      `it was answered ${status}${said ? `: ${JSON.stringify(said)}` : ''}`,
    );
  }
  const problem = checkAnswer(json, model.interface.outputs);
  if (problem) throw broken(problem);
  const goldenPath = path.replace(/request(?=[^/]*$)/, 'response');
  const golden =
    goldenPath === path
      ? undefined
      : await readFile(join(directory, goldenPath), 'utf8').catch(
          () => undefined,
        );
  if (golden === undefined) return `answered as declared in ${milliseconds} ms`;
  const difference = compareAnswers(json, parseJson(goldenPath, golden));
  if (difference) throw broken(difference);
  return `answered as ${goldenPath} has it, in ${milliseconds} ms`;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken(`${path} is not JSON`);
  }
}

function broken(message: string) {
  return new CliError({ code: 'CONTRACT_BROKEN', message });
}
