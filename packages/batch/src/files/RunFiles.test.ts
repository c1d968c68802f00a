import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathsFor, RunFiles } from './RunFiles';
import { toUnwritable } from './toUnwritable';

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

  it('say what is wrong with a folder that is not there', async () => {
    const missing = join(folder, 'missing/out.csv');
    await expect(RunFiles.open(missing, false)).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringMatching(/missing\/out.csv cannot be written/),
    });
  });

  it('say that the disk is full, and what to do', () => {
    const full = Object.assign(new Error('write'), {
      ...{ code: 'ENOSPC', syscall: 'write' },
    });
    expect(toUnwritable('out.csv', full)).toMatchObject({
      message: 'out.csv cannot be written: the disk is full',
      hint: expect.stringMatching(/goes on where this run stopped/),
    });
    const other = new Error('odd');
    expect(toUnwritable('out.csv', other)).toBe(other);
  });

  it('are left to a run that goes on', async () => {
    lockedBy(process.ppid);
    await expect(RunFiles.open(output(), false)).rejects.toThrow(
      `Process ${process.ppid} is writing this output`,
    );
  });
});
