import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { findProgram, plainEnvironment } from '@ml-platform/evaluation';
import {
  type Evaluation,
  type EvaluationReport,
  evaluationReportSchema,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';
import { runProgram } from './runProgram';
import { writePackage } from './writePackage';

/** A report is kept in the database. */
const MAX_REPORT_BYTES = 4 * 1024 * 1024;
/** Of the heap of the program, in MiB. */
const MAX_HEAP = 1024;

/** The version in production, or why there is none to compare with. */
export type Baseline = { version: Version } | { reason: string };

/** The suite could not be run to its end; the message is for people. */
export class EvaluationFailure extends Error {}

/**
 * Runs evaluations, each in a process of its own: what a package brings along,
 * pickles and commands among it, runs there and in its children alone.
 */
export class EvaluationProcess {
  readonly #options: {
    artifacts: ArtifactStore;
    directory: string;
    logger: LoggerService;
  };

  constructor(options: {
    artifacts: ArtifactStore;
    directory: string;
    logger: LoggerService;
  }) {
    this.#options = options;
  }

  /** @throws EvaluationFailure when there is no report in the end */
  async run(
    evaluation: Evaluation,
    options: { version: Version; baseline: Baseline; signal: AbortSignal },
  ): Promise<EvaluationReport> {
    const { directory, logger } = this.#options;
    const { baseline, signal, version } = options;
    const folder = join(directory, 'runs', evaluation.id);
    const [home, report] = [join(folder, 'home'), join(folder, 'report.json')];
    // An earlier process may have been killed in the middle of the same.
    await rm(folder, { recursive: true, force: true });
    try {
      await mkdir(home, { recursive: true, mode: 0o700 });
      const packaged = await this.#write(
        version,
        join(folder, 'package'),
        signal,
      );
      const compared =
        'version' in baseline
          ? [
              '--baseline',
              await this.#write(
                baseline.version,
                join(folder, 'baseline'),
                signal,
              ),
              ...['--baseline-version', baseline.version.version],
            ]
          : ['--no-baseline', baseline.reason];
      const problem = await runProgram(
        [
          ...[`--max-old-space-size=${MAX_HEAP}`, findProgram()],
          ...['--package', packaged, '--report', report, ...compared],
          ...['--data-dir', directory],
        ],
        {
          env: { ...plainEnvironment(process.env), HOME: home, TMPDIR: home },
          ...{ cwd: home, signal },
          onLine: line =>
            logger.debug(
              `Evaluation of ${version.model}@${version.version}: ${line}`,
            ),
        },
      );
      signal.throwIfAborted();
      if (problem) throw new EvaluationFailure(problem);
      return await readReport(report);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #write(version: Version, directory: string, signal: AbortSignal) {
    try {
      await writePackage(this.#options.artifacts, version, {
        directory,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw new EvaluationFailure((error as Error).message);
    }
    return directory;
  }
}

async function readReport(path: string): Promise<EvaluationReport> {
  const { size } = await stat(path);
  if (size > MAX_REPORT_BYTES) {
    throw new EvaluationFailure(
      `the report has ${size} bytes, more than the ${MAX_REPORT_BYTES} that are kept; ask for fewer checks`,
    );
  }
  return evaluationReportSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}
