import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createSigner,
  type CurveName,
  type FileDigest,
  generateKeys,
  modelStatement,
  ProofError,
  readPublicKey,
  verifyModelSignature,
} from '.';

// eslint-disable-next-line no-restricted-syntax
const ROOT = resolve(__dirname, '../../..');
const PYTHON =
  process.env.ML_TEST_MODEL_SIGNING ??
  join(ROOT, '.tools/model-signing-venv/bin/python');

jest.setTimeout(120_000);

describe('model-signing from PyPI, unchanged', () => {
  let folder: string;
  let model: string;

  beforeEach(() => {
    if (!existsSync(PYTHON)) {
      throw new Error(
        'model-signing is not there: run `npm test -- --only jest` once, which installs it, or set ML_TEST_MODEL_SIGNING to a Python that has packages/attestations/clients/requirements.txt',
      );
    }
    folder = mkdtempSync(join(tmpdir(), 'ml-model-signing-'));
    model = join(folder, 'model');
    mkdirSync(join(model, 'samples'), { recursive: true });
    writeFileSync(join(model, 'model.onnx'), Buffer.alloc(100_000, 'weights'));
    writeFileSync(join(model, 'samples/request.json'), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const files = (): FileDigest[] =>
    ['model.onnx', 'samples/request.json'].map(path => ({
      path,
      digest: `sha256:${createHash('sha256')
        .update(readFileSync(join(model, path)))
        .digest('hex')}`,
    }));
  const write = (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  /** Runs its command; what it says, and whether it succeeded. */
  const run = (...args: string[]) =>
    new Promise<{ ok: boolean; said: string }>(done => {
      execFile(
        PYTHON,
        ['-m', 'model_signing', ...args],
        (error, stdout, stderr) =>
          done({ ok: !error, said: `${stdout}${stderr}` }),
      );
    });

  it('verifies our signature, and sees what was changed', async () => {
    const keys = generateKeys({ curve: 'P-384' });
    const bundle = createSigner(keys).sign(
      modelStatement({ name: 'wine-classifier@1.0.0', files: files() }),
    );
    const args = [
      ...['verify', 'key', '--signature', write('model.sig', bundle)],
      ...['--public_key', write('team.pub', keys.publicKey), model],
    ];
    expect(await run(...args)).toMatchObject({ ok: true });
    writeFileSync(join(model, 'samples/request.json'), '[]');
    const changed = await run(...args);
    expect(changed.ok).toBe(false);
    expect(changed.said).toContain('samples/request.json');
  });

  it.each<CurveName>(['P-256', 'P-384'])(
    'makes signatures that we verify (%s)',
    async curve => {
      const keys = generateKeys({ curve });
      const signature = join(folder, 'model.sig');
      const { ok, said } = await run(
        ...['sign', 'key', '--signature', signature],
        ...['--private_key', write('team.key', keys.privateKey), model],
      );
      expect({ ok, said: ok ? '' : said }).toEqual({ ok: true, said: '' });
      const verify = (found: FileDigest[]) =>
        verifyModelSignature(readFileSync(signature), {
          trust: {
            keys: [{ name: 'team', key: readPublicKey(keys.publicKey) }],
            certificates: [],
          },
          at: new Date(),
          files: found,
        });
      await expect(verify(files())).resolves.toMatchObject({
        signedBy: { name: 'team' },
      });
      await expect(verify(files().slice(1))).rejects.toThrow(ProofError);
    },
  );
});
