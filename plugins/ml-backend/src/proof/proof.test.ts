import { mockCredentials } from '@backstage/backend-test-utils';
import {
  BUNDLE_MEDIA_TYPE,
  createSigner,
  generateKeys,
  modelStatement,
  PREDICATE_TYPES,
  type Statement,
  STATEMENT_TYPE,
} from '@ml-platform/attestations';
import {
  CYCLONEDX_MEDIA_TYPE,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { attachBundle } from '../__testUtils__/attach';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(120_000);

const MODEL = 'wine-classifier';
const team = generateKeys({ curve: 'P-256' });
const stranger = generateKeys({ curve: 'P-256' });
const databases = testDatabases();

describe.each(databases.ids)('proofs on %s', id => {
  let platform: TestPlatform;
  let version: Version;

  async function start(signatures: object) {
    platform = await TestPlatform.start({
      knex: await databases.init(id),
      signatures: signatures as never,
    });
    version = await platform.registerOnly(
      MODEL,
      '1.0.0',
      examplePackage(MODEL),
    );
  }
  afterEach(() => platform.stop());

  const trusted = (owners?: string[]) => [
    { name: 'the team', publicKey: team.publicKey, ...(owners && { owners }) },
  ];
  const attach = (
    statement: Statement,
    keys = team,
    predicateType: string = statement.predicateType,
  ) =>
    attachBundle({
      url: platform.url,
      token: mockCredentials.user.token(),
      model: MODEL,
      digest: version.digest,
      bundle: createSigner(keys).sign(statement),
      predicateType,
    });
  const sign = (keys = team, files = version.files) =>
    attach(modelStatement({ name: `${MODEL}@1.0.0`, files }), keys);
  const proof = () => platform.as().proofs.get(MODEL, '1.0.0');
  const deploy = (environment: 'staging' | 'production') =>
    platform.as().createRelease(MODEL, { environment, version: '1.0.0' });
  const auditOf = async (action: string) => {
    const { items } = await platform.as().audit.list({ limit: 100 });
    return items.filter(event => event.action === action);
  };

  it('tells signed from untrusted, invalid and unsigned', async () => {
    await start({ trusted: trusted() });
    expect(await proof()).toMatchObject({
      state: 'unsigned',
      requiredForProduction: false,
      signatures: [],
    });

    await sign(stranger);
    expect(await proof()).toMatchObject({
      state: 'untrusted',
      signatures: [{ state: 'untrusted', problem: { code: 'UNKNOWN_KEY' } }],
    });

    const [first, ...others] = version.files;
    const swapped = await sign(team, [
      { ...first, digest: `sha256:${'0'.repeat(64)}` },
      ...others,
    ]);
    expect(await proof()).toMatchObject({
      state: 'invalid',
      summary: expect.stringContaining(`${first.path} was changed`),
      signatures: expect.arrayContaining([
        expect.objectContaining({
          digest: swapped,
          problem: expect.objectContaining({ code: 'FILES_DIFFER' }),
        }),
      ]),
    });

    // Anybody who may push can attach a bad one; a good one stays good.
    await sign();
    const signed = await proof();
    expect(signed).toMatchObject({
      state: 'signed',
      summary: 'signed by the team',
      signer: {
        method: 'key',
        name: 'the team',
        fingerprint: team.fingerprint,
      },
    });
    expect(signed.signatures).toHaveLength(3);
  });

  it('believes a key for the models of its teams only', async () => {
    await start({ trusted: trusted(['group:default/others']) });
    await sign();
    expect(await proof()).toMatchObject({ state: 'untrusted' });
    expect(await platform.as().proofs.getTrust(MODEL)).toEqual({
      model: MODEL,
      requiredForProduction: false,
      anchors: [],
    });
  });

  it('shows other attestations, when they speak of this version', async () => {
    await start({ trusted: trusted() });
    const about = (hex: string): Statement => ({
      _type: STATEMENT_TYPE,
      subject: [{ name: MODEL, digest: { sha256: hex } }],
      predicateType: PREDICATE_TYPES.testResult,
      predicate: { result: 'PASSED', configuration: [] },
    });
    await attach(about(version.digest.slice('sha256:'.length)));
    // Says on the outside that it is a signature, and is none.
    await attach(about('0'.repeat(64)), team, PREDICATE_TYPES.modelSignature);
    const { attestations, signatures, state } = await proof();
    expect(state).toBe('unsigned');
    expect(signatures).toEqual([]);
    expect(attestations).toHaveLength(2);
    expect(attestations).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          state: 'valid',
          predicate: { result: 'PASSED', configuration: [] },
        }),
        expect.objectContaining({
          state: 'invalid',
          problem: expect.objectContaining({ code: 'OTHER_SUBJECT' }),
        }),
      ]),
    );
  });

  it('lets only signed versions into production, where that is the rule', async () => {
    await start({ requiredForProduction: true, trusted: trusted() });
    const refused = {
      ...refusal(409, 'Production takes signed versions only'),
      cause: expect.objectContaining({ code: 'GATE_REFUSED' }),
    };
    await expect(deploy('production')).rejects.toMatchObject(refused);
    await platform.finished(await deploy('staging'));
    await sign(stranger);
    await expect(deploy('production')).rejects.toMatchObject(refused);
    expect(
      (await auditOf('release.deploy')).filter(
        ({ outcome }) => outcome === 'denied',
      ),
    ).toEqual([
      expect.objectContaining({
        resource: `deployment:production/${MODEL}`,
        details: expect.objectContaining({ signature: 'untrusted' }),
      }),
      expect.objectContaining({
        details: expect.objectContaining({ signature: 'unsigned' }),
      }),
    ]);

    await sign();
    await platform.attachResult(version);
    const release = await platform.finished(await deploy('production'));
    expect(release).toMatchObject({ state: 'succeeded' });
  });

  it('is evidence that the policy of an alias can ask for', async () => {
    await start({ trusted: trusted() });
    const { aliases } = platform.as();
    await aliases.setPolicy(MODEL, 'champion', {
      movers: [],
      evidence: ['signed'],
    });
    const move = () => aliases.set(MODEL, 'champion', { version: '1.0.0' });
    await expect(move()).rejects.toMatchObject(
      refusal(409, `it is not signed; sign it with 'ml sign ${MODEL}@1.0.0`),
    );
    await sign(stranger);
    expect(await aliases.check(MODEL, 'champion', '1.0.0')).toEqual({
      items: [
        {
          requirement: 'signed',
          met: false,
          missing: expect.stringContaining('nobody trusted has signed it'),
        },
      ],
    });
    await sign();
    expect(await move()).toMatchObject({ version: '1.0.0' });
  });

  it('removes what is attached with the version', async () => {
    await start({ trusted: trusted() });
    const { versions } = platform.as();
    const signature = await sign();
    const read = (path: string) =>
      fetch(`${platform.url}/v2/${version.repository}/${path}`, {
        headers: { authorization: mockCredentials.user.header() },
      });
    const listed = await read(`referrers/${version.digest}`);
    const { manifests } = await listed.json();
    expect(manifests).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...{ digest: signature, artifactType: BUNDLE_MEDIA_TYPE },
        }),
        expect.objectContaining({ artifactType: CYCLONEDX_MEDIA_TYPE }),
      ]),
    );
    const approval = await versions.requestDeletion(MODEL, '1.0.0', {
      reason: 'A test',
    });
    await platform
      .as('user:default/second')
      .approvals.decide((approval as { id: string }).id, 'approve');
    expect(await proof()).toMatchObject({ state: 'unsigned', signatures: [] });
    for (const { digest } of manifests) {
      expect((await read(`manifests/${digest}`)).status).toBe(404);
    }
  });
});

describe('the settings', () => {
  it.each<[string, object, RegExp]>([
    [
      'a key that is none',
      { trusted: [{ name: 'x', publicKey: 'nonsense' }] },
      /ml\.signatures\.trusted\[0\]\.publicKey: it is not a public key/,
    ],
    ['nobody at all', { trusted: [{ name: 'x' }] }, /either publicKey or/],
    [
      'a rule that nobody could meet',
      { requiredForProduction: true },
      /names nobody whose signature counts/,
    ],
  ])('refuse %s at the start', async (_what, signatures, message) => {
    const knex = await databases.init('SQLITE_3');
    await expect(
      TestPlatform.start({ knex, signatures: signatures as never }),
    ).rejects.toThrow(message);
  });
});
