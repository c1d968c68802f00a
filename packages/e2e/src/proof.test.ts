import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signInAs } from './testing/signInAs';
import { Platform } from './testing/Platform';
import { Receiver } from './testing/Receiver';
import { repository } from './testing/run';
import { until } from './testing/until';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const BOM = 'application/vnd.cyclonedx+json';
const MODEL = 'wine-classifier';
const NEXT = `${MODEL}@1.1.0`;

describe('who stands for a version, and what rules ask for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-proof-e2e-'));
  const key = join(folder, 'team.key');
  const settings: Record<string, string> = {
    APP_CONFIG_ml_webhooks_allowPrivateTargets: 'true',
  };
  let platform: Platform;

  /** Runs the command, and fails unless it ends as expected. */
  async function run(args: string[], expected = 0, env?: NodeJS.ProcessEnv) {
    const outcome = await platform.ml(args, {
      env: { ...platform.env, CI: 'true', ...env },
    });
    if (outcome.code === expected) return outcome;
    const { code, stderr, stdout } = outcome;
    throw new Error(
      `ml ${args.join(
        ' ',
      )}: exit code ${code}, not ${expected}\n${stdout}\n${stderr}`,
    );
  }
  const ml = (...args: string[]) => run(args);
  /** What it prints, as data. */
  async function read(args: string[], expected = 0): Promise<any> {
    const { stdout } = await run([...args, '--json'], expected);
    return JSON.parse(stdout);
  }
  /** The environment of a platform admin. */
  const admin = async () => ({
    ML_URL: platform.url,
    ML_TOKEN: await signInAs(platform, 'olga'),
  });
  /** The example as another version. */
  function copyAs(version: string): string {
    const directory = join(folder, version);
    const example = join(repository, 'examples', `${MODEL}-next`);
    cpSync(example, directory, { recursive: true });
    const file = join(directory, 'model.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/^version: .*$/m, `version: ${version}`));
    return directory;
  }
  async function referrersOf(version: string): Promise<string[]> {
    const { digest } = await platform.client.getVersion(MODEL, version);
    const response = await fetch(
      `${platform.url}/v2/models/${MODEL}/referrers/${digest}`,
      { headers: { authorization: `Bearer ${platform.token}` } },
    );
    const { manifests } = (await response.json()) as any;
    return manifests.map((each: any) => each.artifactType).sort();
  }

  beforeAll(async () => {
    platform = await Platform.create(settings);
    await platform.start();
    await ml(
      ...['keys', 'generate', '--no-passphrase'],
      ...['--out', join(folder, 'team')],
    );
    await ml('register', `examples/${MODEL}-next`);
  }, 300_000);

  afterAll(async () => {
    await platform?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('attaches a bill of materials to each version', async () => {
    // The one in production has the result of its evaluation, too.
    expect(await referrersOf('1.0.0')).toEqual([BOM, BUNDLE]);
    expect(await referrersOf('1.1.0')).toEqual([BOM]);
  });

  it('lets an alias go to a signed version only, where its policy says so', async () => {
    const { items } = await read(['aliases', 'evidence']);
    expect(items.map((kind: any) => kind.name)).toContain('signed');
    const policy = ['aliases', 'policy', MODEL, 'champion'];
    await ml(...policy, '--evidence', 'signed', 'lineage');
    expect((await read(policy)).data.evidence).toEqual(['signed', 'lineage']);
    const check = ['aliases', 'check', MODEL, 'champion', '1.1.0'];
    const facts = await read(check, 6);
    expect(
      facts.items.map((fact: any) => [fact.requirement, fact.met]),
    ).toEqual([
      ['signed', false],
      ['lineage', true],
    ]);
    const move = ['aliases', 'set', MODEL, 'champion', '1.1.0'];
    expect((await run(move, 6)).stderr).toContain('it is not signed');
  });

  it('takes signed versions into production only, once that is the rule', async () => {
    settings.APP_CONFIG_ml_signatures = JSON.stringify({
      requiredForProduction: true,
      trusted: [
        {
          name: 'Quality team',
          publicKey: readFileSync(join(folder, 'team.pub'), 'utf8'),
          owners: ['group:default/quality-team'],
        },
      ],
    });
    await platform.stop();
    await platform.start();
    const deploy = ['deploy', NEXT, '--env', 'production'];
    const refused = await run(deploy, 6);
    expect(refused.stderr).toContain('Production takes signed versions only');
    expect(refused.stderr).toContain(`ml sign ${NEXT} --key`);
    await run(['verify', NEXT], 6);

    await ml('sign', NEXT, '--key', key);
    const { data } = await read(['verify', NEXT]);
    expect(data).toMatchObject({
      verified: true,
      signatures: [{ signedBy: { name: 'Quality team' } }],
    });
    // What is not signed is refused before it is evaluated.
    expect(await referrersOf('1.1.0')).toEqual([BOM, BUNDLE]);
    await ml(...deploy);
    expect(await referrersOf('1.1.0')).toEqual([BOM, BUNDLE, BUNDLE]);
    await ml('aliases', 'check', MODEL, 'champion', '1.1.0');
    await ml('aliases', 'set', MODEL, 'champion', '1.1.0');
  });

  it('registers and signs in one go, and exports the signature', async () => {
    await ml('register', copyAs('1.1.1'), '--sign-key', key);
    await ml('verify', `${MODEL}@1.1.1`);
    const layout = join(folder, 'layout');
    await ml(
      ...['export', `${MODEL}@1.1.1`, '--referrers', '--layout', layout],
    );
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
    expect(
      index.manifests.map((each: any) => each.artifactType).sort(),
    ).toEqual(['application/vnd.cncf.model.manifest.v1+json', BOM, BUNDLE]);
  });

  it('asks a second person for larger artifacts', async () => {
    const end = new Date(Date.now() + 20 * 86_400_000).toISOString();
    const { data } = await read(
      [
        ...['limits', 'request', MODEL, '--size', '12GiB'],
        ...['--until', end.slice(0, 10), '--reason', 'A larger vocabulary'],
      ],
      8,
    );
    await run(['approvals', 'approve', data.id, '--yes'], 0, await admin());
    const limits = async () =>
      (await read(['limits', 'show', MODEL])).data.maxBytes;
    expect(await limits()).toBe(12 * 1024 ** 3);
    await ml('limits', 'revoke', MODEL, '--yes');
    expect(await limits()).toBe(10 * 1024 ** 3);
  });

  it('proposes what a retention rule does not keep', async () => {
    await ml('register', copyAs('1.1.2'));
    await ml('retention', 'set', MODEL, '--newest', '1');
    expect((await read(['retention', 'show', MODEL])).data.keepNewest).toBe(1);
    const { data } = await read(['retention', 'preview', MODEL]);
    // The others are live, or were and are kept for a rollback.
    expect(data.remove.map((each: any) => each.version)).toEqual(['1.1.1']);
    const proposed = await read(['retention', 'propose', MODEL], 8);
    await ml('approvals', 'withdraw', proposed.data.id, '--yes');
    await ml('retention', 'clear', MODEL, '--yes');
    expect((await read(['retention', 'show', MODEL])).data).toEqual({
      model: MODEL,
    });
  });

  it('sends events to a webhook, and sends them again', async () => {
    const receiver = await Receiver.start();
    const as = await admin();
    const manage = async (...args: string[]) =>
      JSON.parse(
        (await run(['webhooks', ...args, '--json'], 0, as)).stdout || '{}',
      );
    try {
      const { data } = await manage('add', receiver.url, '--model', MODEL);
      const { id } = data;
      expect((await manage('list')).items).toHaveLength(1);
      await manage('test', id);
      expect(receiver.received).toHaveLength(1);
      const { items } = await manage('deliveries', id);
      expect(items).toMatchObject([{ state: 'delivered', lastStatus: 204 }]);

      await manage('pause', id);
      await manage('replay', id, items[0].id);
      const shown = await manage('show', id);
      expect(shown.data).toMatchObject({ url: receiver.url, model: MODEL });
      expect(shown.data.secret).toBeUndefined();
      expect(receiver.received).toHaveLength(1);
      await manage('resume', id);
      await manage('test', id);
      await until(() => receiver.received.length === 3, {
        what: 'what was held back and the second test arrive',
      });
      const [first] = receiver.received;
      // The one that was sent again is the same event to its receiver.
      expect(
        receiver.received.filter(each => each.id === first.id),
      ).toHaveLength(2);
      await manage('remove', id, '--yes');
      expect((await manage('list')).items).toEqual([]);
    } finally {
      await receiver.stop();
    }
  });
});
