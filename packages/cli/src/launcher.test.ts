import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';

describe('bin/ml', () => {
  const folder = temporaryFolder();

  it('says what to run before the first build', async () => {
    await mkdir(folder.path('bin'));
    await cp(join(__dirname, '../bin/ml'), folder.path('bin/ml'));
    await expect(
      promisify(execFile)(process.execPath, [folder.path('bin/ml'), '--help']),
    ).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /not built yet[\s\S]*npm start[\s\S]*yarn workspace @ml-platform\/cli build/,
      ),
    });
  });
});
