import { join } from 'node:path';
import {
  evaluate as runSuite,
  type EvaluateOptions,
  readModel,
  reportBytes,
  testResultStatement,
} from '@ml-platform/evaluation';
import { cacheFolder } from '@ml-platform/packaging';
import type { EvaluationReport, Version } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { withTemporaryFolder } from '../export/temporaryFolder';
import { isDirectory } from '../isDirectory';
import { parseAnyRef, usageError } from '../parseRef';
import { resolveRef } from '../resolveRef';
import { openSigner } from '../sign/openSigner';
import type { EvalOptions } from './command';
import { evaluateOnPlatform } from './evaluateOnPlatform';
import { fetchVersion } from './fetchVersion';
import { gateRefused, printReport } from './printReport';
import { writeReport } from './writeReport';

type Baseline = EvaluateOptions['baseline'];
type Subject = EvalOptions & { subject: string };

/** `ml eval` */
export async function evaluate(
  context: CommandContext,
  subject: string,
  options: EvalOptions,
): Promise<void> {
  const isFolder = !subject.includes('@') && (await isDirectory(subject));
  checkOptions(options, isFolder);
  if (options.onPlatform) {
    await evaluateOnPlatform(context, subject, options);
    return;
  }
  await withTemporaryFolder(context.env, async folder => {
    const version = isFolder ? undefined : await find(context, subject);
    const directory = version
      ? await fetchVersion(context, version, join(folder, 'package'))
      : subject;
    const report = await runSuite({
      directory,
      baseline: await findBaseline(context, folder, {
        options: { ...options, subject },
        version,
      }),
      dataDir: join(cacheFolder(context.env), 'evaluation'),
      env: context.env,
      tell: what => context.output.info(`${what} …`),
    });
    await finish(context, report, { version, options, folder });
  });
}

function checkOptions(options: EvalOptions, isFolder: boolean): void {
  const { attach, onPlatform, signKey } = options;
  if (isFolder && (onPlatform || attach)) {
    throw usageError(
      `${
        onPlatform ? '--on-platform' : '--attach'
      } is for a registered version, such as wine-classifier@1.0.0`,
      'Register the package first: ml register <directory>',
    );
  }
  if (onPlatform && (signKey || attach || options.baseline)) {
    throw usageError(
      '--on-platform signs and attaches by itself, and compares with what is in production; leave --sign-key, --attach and --baseline away',
    );
  }
  if (Boolean(attach) !== Boolean(signKey)) {
    throw usageError(
      attach
        ? '--attach needs --sign-key: only a signed result counts'
        : '--sign-key makes a statement about a registered version; say --attach as well',
    );
  }
}

async function find(
  { connect, output }: CommandContext,
  text: string,
): Promise<Version> {
  const { client } = await connect();
  const ref = parseAnyRef(text);
  const { model, version } = await resolveRef({ client, output }, ref);
  return client.getVersion(model, version);
}

async function findBaseline(
  context: CommandContext,
  folder: string,
  { options, version }: { options: Subject; version?: Version },
): Promise<Baseline> {
  const { baseline } = options;
  const place = join(folder, 'baseline');
  if (baseline === 'none') return { reason: 'no comparison was wanted' };
  if (baseline !== undefined && baseline !== 'production') {
    const isFolder = !baseline.includes('@') && (await isDirectory(baseline));
    if (isFolder) return { directory: baseline, version: baseline };
    const found = await find(context, baseline);
    const directory = await fetchVersion(context, found, place);
    return { directory, version: found.version };
  }
  if (!version && baseline === undefined) {
    return {
      reason: 'there is nothing to compare with; name it with --baseline',
    };
  }
  const model = version?.model ?? (await readModel(options.subject)).name;
  const live = await findLive(context, model);
  if (!live) return { reason: `no version of ${model} is in production` };
  if (live.version === version?.version) {
    return { reason: `${live.version} is what is in production itself` };
  }
  return {
    directory: await fetchVersion(context, live, place),
    version: live.version,
  };
}

async function findLive(
  { connect }: CommandContext,
  model: string,
): Promise<Version | undefined> {
  const { client } = await connect();
  const { items } = await client.listDeployments({
    ...{ model, environment: 'production' },
  });
  const live = items.find(item => item.version)?.version;
  return live === undefined ? undefined : client.getVersion(model, live);
}

async function finish(
  context: CommandContext,
  report: EvaluationReport,
  {
    options,
    version,
  }: { options: EvalOptions; version?: Version; folder: string },
): Promise<void> {
  const { output } = context;
  const files =
    options.report === false ? [] : await writeReport(options.report, report);
  await printReport(context, report);
  for (const file of files) output.info(`Written: ${file}`);
  if (version && options.attach) {
    const signer = await openSigner(
      context,
      { ...options, key: options.signKey },
      '--sign-key',
    );
    const { client } = await context.connect();
    const attached = await client.evaluations.attach(
      version.model,
      version.version,
      {
        bundle: signer
          .sign(testResultStatement(report, version.digest))
          .toString('base64'),
        report: reportBytes(report).toString('utf8'),
      },
    );
    output.done(
      `Signed with ${signer.description} and attached to ${version.model}@${version.version}: ${attached.attestation}`,
    );
  }
  if (report.verdict === 'failed') throw gateRefused(report);
  output.done(report.summary);
}
