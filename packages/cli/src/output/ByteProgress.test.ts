import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { Release } from '@ml-platform/plugin-ml-common';
import { showPhases } from '../commands/deploy/showPhases';
import { ByteProgress } from './ByteProgress';
import { Output } from './Output';

const MIB = 1024 * 1024;

/** An output on a terminal of 80 columns, or on a file. */
function outputOn(isTTY: boolean) {
  const stream = new PassThrough();
  let written = '';
  stream.on('data', chunk => {
    written += chunk;
  });
  const stderr = Object.assign(stream, {
    isTTY,
    columns: 80,
    rows: 24,
  }) as unknown as NodeJS.WriteStream;
  const output = new Output({
    stdout: stderr,
    stderr,
    env: {},
    quiet: false,
    color: true,
  });
  return { output, written: () => stripVTControlCharacters(written) };
}

describe('ByteProgress', () => {
  it('keeps moving on a terminal while nothing is acknowledged', () => {
    jest.useFakeTimers();
    const { output, written } = outputOn(true);
    const progress = new ByteProgress({
      output,
      label: 'Uploading 1 file',
      total: 4 * MIB,
    });
    const before = written();
    jest.advanceTimersByTime(2_000);
    expect(written().length).toBeGreaterThan(before.length);
    progress.add(MIB);
    jest.advanceTimersByTime(300);
    const last = written().split('\r').at(-1);
    expect(last).toContain('██████░░░░░░░░░░░░░░░░░░');
    expect(last).toMatch(
      /1\.0 MiB of 4\.0 MiB {2}455\.1 KiB\/s {2}6\.8 s left/,
    );
    progress.finish('Uploaded');
    expect(written()).toMatch(/\r✓ Uploaded\n$/);
    jest.useRealTimers();
  });

  it('writes a line at the start and one at the end elsewhere', () => {
    const { output, written } = outputOn(false);
    const progress = new ByteProgress({
      output,
      label: 'Uploading 1 file',
      total: 4 * MIB,
    });
    progress.add(MIB);
    progress.finish('Uploaded');
    expect(written()).toBe('Uploading 1 file (4.0 MiB)\n✓ Uploaded\n');
  });
});

describe('showPhases off a terminal', () => {
  it('is a line for each phase, also for those a poll missed', async () => {
    const { output, written } = outputOn(false);
    const phases = showPhases(output, 'example@1.0.0', {
      environment: 'staging',
      gate: false,
    });
    phases.onRelease({ state: 'pending' } as Release);
    phases.onRelease({ state: 'succeeded' } as Release);
    await phases.end();
    expect(written().split('\n')).toEqual([
      'Accept the release …',
      'Load example@1.0.0 and start its worker …',
      'Send the requests of staging to it …',
      '',
    ]);
  });
});
