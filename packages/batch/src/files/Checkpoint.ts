import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ExitCode, ToolError } from '@ml-platform/packaging';
import { writeSynced } from './writeSynced';

/** How far a run is: what is below these sizes in its files is final. */
const checkpointSchema = z.object({
  formatVersion: z.literal(1),
  /** What must be the same for the run to go on. */
  input: z.object({ sha256: z.string(), size: z.number() }),
  model: z.string(),
  version: z.string(),
  settings: z.string(),
  /** Rows of the input that are dealt with. */
  rows: z.number(),
  predicted: z.number(),
  rejected: z.number(),
  outputBytes: z.number(),
  rejectedBytes: z.number(),
});

export type Checkpoint = z.infer<typeof checkpointSchema>;

/** The checkpoint of an earlier run, if there is one. */
export async function readCheckpoint(
  path: string,
): Promise<Checkpoint | undefined> {
  const text = await readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return checkpointSchema.parse(JSON.parse(text));
  } catch (error) {
    throw refusal(`${path} is not a checkpoint of this version of ml`, error);
  }
}

export async function writeCheckpoint(
  path: string,
  checkpoint: Checkpoint,
): Promise<void> {
  await writeSynced(path, `${JSON.stringify(checkpoint, undefined, 2)}\n`);
}

/** Refuses to go on where the answers would not be those of one run. */
export function checkSame(
  path: string,
  before: Checkpoint,
  now: Pick<Checkpoint, 'input' | 'model' | 'version' | 'settings'>,
): void {
  const changes = [
    before.input.sha256 !== now.input.sha256 && 'the input has other content',
    before.model !== now.model &&
      `the model was ${before.model}, now it is ${now.model}`,
    before.version !== now.version &&
      `the version was ${before.version}, now it is ${now.version}`,
    before.settings !== now.settings &&
      'columns, kept columns, the treatment of missing values or the format are others',
  ].filter(Boolean);
  if (!changes.length) return;
  throw refusal(
    `${path} is of another run, which ended after row ${
      before.rows
    }: ${changes.join('; ')}`,
  );
}

function refusal(message: string, cause?: unknown): ToolError {
  return new ToolError({
    code: 'OTHER_RUN',
    exitCode: ExitCode.conflict,
    message,
    hint: 'Write to another --output, or begin anew with --restart.',
    cause,
  });
}
