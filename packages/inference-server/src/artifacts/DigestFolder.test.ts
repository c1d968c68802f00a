import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DigestFolder } from './DigestFolder';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('a folder of entries by digest', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'digests-'));
    mkdirSync(join(folder, 'tmp'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('clears what a killed server left, and leaves alone what a living one writes', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const half = join(folder, 'tmp', `${child.pid}.half`);
    const left = join(folder, 'tmp', 'of-an-older-version');
    mkdirSync(half);
    writeFileSync(join(half, 'model.onnx'), 'half');
    writeFileSync(left, 'half');

    new DigestFolder(folder).open();
    expect(existsSync(join(half, 'model.onnx'))).toBe(true);
    expect(existsSync(left)).toBe(false);

    child.kill('SIGKILL');
    await once(child, 'exit');
    new DigestFolder(folder).open();
    expect(existsSync(half)).toBe(false);
  });

  it('removes what nobody claims', async () => {
    const entries = new DigestFolder(folder);
    entries.open();
    for (const digest of [DIGEST, `sha256:${'b'.repeat(64)}`]) {
      writeFileSync(entries.pathOf(digest), 'x');
    }
    entries.claim(DIGEST);
    entries.claim(DIGEST);
    entries.release(DIGEST);

    expect(await entries.removeUnclaimed()).toBe(1);
    expect(await entries.has(DIGEST)).toBe(true);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);

    entries.release(DIGEST);
    expect(await entries.removeUnclaimed()).toBe(1);
  });
});
