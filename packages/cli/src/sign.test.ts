import {
  chmod,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { MlProcess, type MlResult } from './__testUtils__/MlProcess';
import {
  type PackageChanges,
  writePackage,
} from '@ml-platform/packaging/testUtils';

jest.setTimeout(120_000);

describe('ml sign and ml verify, on a directory', () => {
  let ml: MlProcess;
  let directory: string;
  const at = (name: string) => join(ml.folder, name);
  const signature = () => join(directory, 'model.sig');
  const sign = (...args: string[]) =>
    ml.run(['sign', directory, '--key', at('team.key'), ...args]);
  const verify = (...args: string[]) =>
    ml.run(['verify', directory, '--key', at('team.pub'), '--json', ...args]);
  const signaturesOf = ({ stdout }: MlResult) =>
    JSON.parse(stdout).data.signatures;
  const change = (changes: PackageChanges) => writePackage(directory, changes);

  beforeAll(async () => {
    ml = await MlProcess.build();
    for (const name of ['team', 'other']) {
      const { code, stderr } = await ml.run([
        ...['keys', 'generate', '--out', at(name), '--no-passphrase'],
      ]);
      if (code !== 0) throw new Error(stderr);
    }
  });
  afterAll(() => ml.dispose());
  beforeEach(async () => {
    directory = at('example');
    await writePackage(directory);
    const { code, stderr } = await sign();
    if (code !== 0) throw new Error(stderr);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('says who signed what is unchanged', async () => {
    const result = await verify();
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toContain('is what');
    expect(signaturesOf(result)).toEqual([
      expect.objectContaining({
        state: 'valid',
        signedBy: expect.objectContaining({
          method: 'key',
          name: at('team.pub'),
        }),
      }),
    ]);
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['card.yaml', 'changed', () => writeFile(join(directory, 'card.yaml'), '')],
    ['new.py', 'added', () => change({ 'new.py': 'import os' })],
    ['.hidden', 'added', () => writeFile(join(directory, '.hidden'), 'x')],
    ['model.onnx', 'removed', () => rm(join(directory, 'model.onnx'))],
  ])('names %s, which was %s', async (path, kind, tamper) => {
    await tamper();
    const result = await verify();
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toContain('SIGNATURE_MISMATCH');
    expect(signaturesOf(result)[0]).toMatchObject({
      problem: 'FILES_DIFFER',
      differences: [expect.objectContaining({ path, kind })],
    });
  });

  it('leaves out what lay there unsigned, as the signature says', async () => {
    await writeFile(join(directory, '.cache'), 'before');
    expect(await sign()).toMatchObject({ code: 0 });
    await writeFile(join(directory, '.cache'), 'after');
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('follows links inside of the package, and no others', async () => {
    await symlink('model.onnx', join(directory, 'link.onnx'));
    expect(await sign()).toMatchObject({ code: 0 });
    expect(await verify()).toMatchObject({ code: 0 });
    await symlink('/etc/hostname', join(directory, 'outside'));
    const refused = await verify();
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('outside is not a file inside');
  });

  it('tells another signer, no signature, and a broken one apart', async () => {
    const other = await ml.run(['verify', directory, '--key', at('other.pub')]);
    expect(other).toMatchObject({ code: 6 });
    expect(other.stderr).toContain('Nobody trusted has signed');
    await writeFile(signature(), '{"mediaType":');
    const broken = await verify();
    expect(broken).toMatchObject({ code: 1 });
    expect(signaturesOf(broken)[0]).toMatchObject({ problem: 'MALFORMED' });
    await rm(signature());
    const none = await verify();
    expect(none).toMatchObject({ code: 6, stdout: '' });
    expect(none.stderr).toContain('UNSIGNED');
  });

  it('does not take the signature of another model', async () => {
    const bundle = await readFile(signature());
    await writePackage(at('second'), { 'data/more.csv': 'a,b' });
    await writeFile(join(at('second'), 'model.sig'), bundle);
    const swapped = await ml.run([
      ...['verify', at('second'), '--key', at('team.pub'), '--json'],
    ]);
    expect(swapped).toMatchObject({ code: 1 });
    const registered = await ml.run(['register', at('second')], {
      env: { ML_URL: 'http://127.0.0.1:1', ML_TOKEN: 'none' },
    });
    expect(registered.code).not.toBe(0);
    await rm(at('second'), { recursive: true });
  });

  it('keeps a private key to its owner, and overwrites none', async () => {
    const { mode } = await stat(at('team.key'));
    // eslint-disable-next-line no-bitwise
    expect(mode & 0o077).toBe(0);
    const again = await ml.run([
      ...['keys', 'generate', '--out', at('team'), '--no-passphrase'],
    ]);
    expect(again).toMatchObject({ code: 5 });
    expect(again.stderr).toContain('exists already');
  });

  it('encrypts a private key, and needs the passphrase then', async () => {
    const env = { ML_SIGN_PASSPHRASE: 'correct horse' };
    await ml.run(['keys', 'generate', '--out', at('safe')], { env });
    const key = await readFile(at('safe.key'), 'utf8');
    expect(key).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    const args = ['sign', directory, '--key', at('safe.key'), '--no-input'];
    expect(await ml.run(args, { env })).toMatchObject({ code: 0 });
    const wrong = await ml.run(args, { env: { ML_SIGN_PASSPHRASE: 'wrong' } });
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toContain('passphrase is not that of');
    const none = await ml.run(args);
    expect(none).toMatchObject({ code: 2 });
    expect(none.stderr).toContain('ML_SIGN_PASSPHRASE');
  });

  it('says what is wrong with a key', async () => {
    await writeFile(at('nonsense.key'), 'nonsense');
    await chmod(at('nonsense.key'), 0o600);
    const refused = await ml.run([
      ...['sign', directory, '--key', at('nonsense.key')],
    ]);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('it is not a private key in PEM form');
    const missing = await ml.run(['sign', directory, '--key', at('none.key')]);
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.stderr).toContain('there is none');
  });
});
