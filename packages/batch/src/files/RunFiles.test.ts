import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathsFor, RunFiles } from './RunFiles';

describe('RunFiles', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ml-run-test-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const output = () => join(folder, 'out.csv');
  const lockedBy = (pid: number) =>
    writeFileSync(pathsFor(output()).lock, String(pid));

  it('are taken over from a killed run that had the same number, as in a container', async () => {
    lockedBy(process.pid);
    const files = await RunFiles.open(output(), false);
    expect(files.before).toBeUndefined();
    await files.close();
  });

  it('are left to a run that goes on', async () => {
    lockedBy(process.ppid);
    await expect(RunFiles.open(output(), false)).rejects.toThrow(
      `Process ${process.ppid} is writing this output`,
    );
  });
});
