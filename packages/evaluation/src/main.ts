import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ToolError } from '@ml-platform/packaging';
import { reportBytes } from './attestation';
import { evaluate } from './evaluate';

/**
 * `ml-evaluate`: one evaluation in a process of its own. The report goes to a
 * file; when there is none in the end, the last line of stderr says why.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      package: { type: 'string' },
      baseline: { type: 'string' },
      'baseline-version': { type: 'string' },
      'no-baseline': { type: 'string' },
      'data-dir': { type: 'string' },
      report: { type: 'string' },
    },
  });
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => stop.abort());
  }
  // Who started it is gone: nobody waits for the report any more.
  process.stdin.on('close', () => process.exit(1)).resume();
  const { baseline, report: path } = values;
  const report = await evaluate({
    directory: values.package!,
    baseline:
      baseline === undefined
        ? {
            reason: values['no-baseline'] ?? 'there is nothing to compare with',
          }
        : { directory: baseline, version: values['baseline-version']! },
    dataDir: values['data-dir']!,
    env: process.env,
    signal: stop.signal,
    tell: what => process.stdout.write(`${what}\n`),
  });
  await writeFile(path!, reportBytes(report));
}

main().then(
  () => process.exit(0),
  error => {
    const text = error instanceof ToolError ? error.message : error.stack;
    process.stderr.write(`${String(text).replaceAll('\n', ' ')}\n`);
    process.exit(1);
  },
);
