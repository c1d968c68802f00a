import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { MlClient, Version } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { authorizedFetch, registryUrl } from '@ml-platform/packaging';
import { CliError } from '../../errors/CliError';
import { ExitCode, type ExitStatus } from '../../errors/ExitCode';
import { renderTable } from '../../output/renderTable';
import type { Color, Paint } from '../../output/Style';
import { parseAnyRef, usageError } from '../parseRef';
import { resolveRef } from '../resolveRef';
import type { Check, CheckState } from './Check';
import { checkCode } from './checkCode';
import { checkDataset, type LaidOutDataset } from './checkData';
import { checkEnvironment, checkParents, checkRun } from './checkOthers';
import type { ReproduceOptions } from './command';
import { fetchPackage } from './fetchPackage';
import { readmeOf } from './readme';

/** `ml reproduce` */
export async function reproduce(
  context: CommandContext,
  text: string,
  options: ReproduceOptions,
): Promise<ExitStatus> {
  const { output } = context;
  if (options.check && options.out) {
    throw usageError('--check lays nothing out, so it takes no --out');
  }
  const ref = parseAnyRef(text);
  const { client, connection } = await context.connect();
  const { model, version: number } = await resolveRef({ client, output }, ref);
  const version = await client.getVersion(model, number);
  const given = readGiven(options.data, version);
  const directory = options.check
    ? await mkdtemp(join(tmpdir(), 'ml-reproduce-'))
    : await createDirectory(options.out ?? `${model}-${number}`);
  let checks: Check[];
  try {
    const registry = registryUrl(connection, await client.info());
    checks = await layOut({
      ...{ client, version, directory, registry, given, options },
      fetch: authorizedFetch(connection),
      say: message => output.hint(message),
    });
  } finally {
    if (options.check) await rm(directory, { recursive: true, force: true });
  }

  const isWrong = checks.some(
    ({ state }) => state === 'differs' || state === 'missing',
  );
  const isUnchecked = checks.some(({ state }) => state === 'unchecked');
  const isGood = !isWrong && (!isUnchecked || Boolean(options.allowUnchecked));
  await output.object({
    kind: 'Reproduction',
    name: `${model}@${number}`,
    data: {
      model,
      version: number,
      digest: version.digest,
      ...(!options.check && { directory }),
      matches: !isWrong && !isUnchecked,
      checks,
    },
    text: () => tableOf(checks, output.paint),
  });
  if (!options.check)
    output.info(`Laid out in ${directory}; see its README.md`);
  if (isWrong) {
    output.warn(`${model}@${number} cannot be reproduced as it was`);
  } else if (isUnchecked) {
    output.warn(
      options.allowUnchecked
        ? 'Some of it could not be checked'
        : 'Some of it could not be checked; --allow-unchecked takes that for good',
    );
  } else {
    output.done(`Everything of ${model}@${number} is there and matches`);
  }
  return isGood ? ExitCode.ok : ExitCode.differs;
}

async function layOut(input: {
  client: MlClient;
  version: Version;
  directory: string;
  registry: string;
  fetch: typeof fetch;
  given: Map<string, string>;
  options: ReproduceOptions;
  say: (message: string) => void;
}): Promise<Check[]> {
  const { client, directory, given, options, say, version } = input;
  const lineage = version.package.lineage ?? {};
  const packageDirectory = join(directory, 'package');
  await mkdir(packageDirectory);

  say('Fetching the package');
  const checks = await fetchPackage({ ...input, directory: packageDirectory });
  say('Fetching the code');
  checks.push(
    ...(await checkCode({
      code: lineage.code,
      repository: options.repository,
      packageDirectory,
      directory: join(directory, 'code'),
    })),
  );
  const datasets: LaidOutDataset[] = [];
  for (const [index, dataset] of (lineage.datasets ?? []).entries()) {
    say(`Fetching the dataset ${dataset.name}`);
    datasets.push(
      await checkDataset({
        ...{ dataset, directory, number: index + 1 },
        given: given.get(dataset.name),
      }),
    );
  }
  checks.push(...datasets.map(({ check }) => check));
  if (!datasets.length) {
    const detail = 'the version does not say what it was trained on';
    checks.push({
      ...{ what: 'data', subject: 'data sets', state: 'unchecked', detail },
    } as Check);
  }
  checks.push(
    ...(await checkEnvironment(lineage, directory)),
    ...(await checkParents(lineage, client)),
    ...checkRun(lineage),
  );
  if (options.check) return checks;

  const write = (path: string, content: string) =>
    writeFile(join(directory, path), content);
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  await mkdir(join(directory, 'environment'), { recursive: true });
  await write('environment/versions.json', json(lineage.environment ?? {}));
  await write('params.json', json(lineage.parameters ?? {}));
  await write('lineage.json', json(lineage));
  await write('checks.json', json(checks));
  // Last: who finds it finds all the rest.
  await write('README.md', readmeOf({ version, checks, datasets }));
  return checks;
}

/** `--data name=path`; each must be of a dataset that the version names. */
function readGiven(data: string[] = [], version: Version): Map<string, string> {
  const names = (version.package.lineage?.datasets ?? []).map(
    ({ name }) => name,
  );
  return new Map(
    data.map(entry => {
      const at = entry.indexOf('=');
      const name = entry.slice(0, at);
      if (!names.includes(name)) {
        throw usageError(
          `${version.model}@${version.version} has no dataset '${name}'`,
          names.length ? `It has: ${names.join(', ')}` : undefined,
        );
      }
      return [name, entry.slice(at + 1)];
    }),
  );
}

async function createDirectory(path: string): Promise<string> {
  const directory = resolve(path);
  try {
    await mkdir(directory, { recursive: true });
    if (!(await readdir(directory)).length) return directory;
  } catch (error) {
    throw new CliError({
      code: 'WRITE_FAILED',
      message: `Cannot make ${directory}: ${(error as Error).message}`,
      cause: error,
    });
  }
  throw new CliError({
    code: 'EXISTS',
    exitCode: ExitCode.conflict,
    message: `${directory} is not empty`,
    hint: 'Name another directory with --out, or remove this one.',
  });
}

const MARKS: Record<CheckState, [Color, string]> = {
  matches: ['green', '✓'],
  differs: ['red', '✗'],
  missing: ['red', '✗'],
  unchecked: ['yellow', '?'],
};

function tableOf(checks: Check[], paint: Paint): string {
  return renderTable(
    ['', 'WHAT', 'SUBJECT', 'FOUND'].map(header => paint('dim', header)),
    checks.map(({ detail, state, subject, what }) => [
      paint(...MARKS[state]),
      what,
      subject,
      state === 'missing' ? `missing: ${detail}` : detail,
    ]),
  );
}
