import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(60_000);

describe('the reference', () => {
  it.each(['make-reference.mjs', 'make-schemas.mjs'])(
    'is as %s writes it',
    async script => {
      const path = join(__dirname, '../scripts', script);
      await expect(
        // Node warns of what a dependency of the bundle loads.
        promisify(execFile)(process.execPath, [
          '--no-deprecation',
          path,
          '--check',
        ]),
      ).resolves.toMatchObject({ stderr: '' });
    },
  );
});
