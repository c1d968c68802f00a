import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issue, type Identity } from './__testUtils__/certificates';
import {
  BUNDLE_MEDIA_TYPE,
  createSigner,
  CURVE_NAMES,
  type FileDigest,
  generateKeys,
  isAbout,
  modelStatement,
  preAuthEncoding,
  PREDICATE_TYPES,
  type ProofProblem,
  readCertificates,
  readPublicKey,
  STATEMENT_TYPE,
  type Trust,
  verifyBundle,
  verifyModelSignature,
} from '.';

const DAY = 24 * 60 * 60 * 1000;
const now = new Date();
const fixture = (name: string) =>
  readFileSync(join(__dirname, '__fixtures__/model-transparency', name));
const file = (path: string, content = path): FileDigest => ({
  path,
  digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
});
const trustKey = (pem: string | Buffer, name = 'team key'): Trust => ({
  keys: [{ name, key: readPublicKey(pem) }],
  certificates: [],
});
const trustRoots = (...pems: string[]): Trust => ({
  keys: [],
  certificates: pems.flatMap(pem =>
    readCertificates(pem).map(certificate => ({ name: 'root', certificate })),
  ),
});
/** Decodes a bundle, changes it, and encodes it again. */
function change(bundle: Buffer, edit: (document: any) => void): Buffer {
  const document = JSON.parse(bundle.toString());
  edit(document);
  return Buffer.from(JSON.stringify(document));
}
function changePayload(bundle: Buffer, edit: (statement: any) => void) {
  return change(bundle, ({ dsseEnvelope }) => {
    const statement = JSON.parse(
      Buffer.from(dsseEnvelope.payload, 'base64').toString(),
    );
    edit(statement);
    dsseEnvelope.payload = Buffer.from(JSON.stringify(statement)).toString(
      'base64',
    );
  });
}
const refused = (problem: ProofProblem, message?: RegExp) =>
  expect.objectContaining({
    problem,
    ...(message && { message: expect.stringMatching(message) }),
  });

describe('signatures of the reference implementation', () => {
  const key = fixture('signing-key-pub.pem');
  const files = [file('signme-1', 'signme-1\n'), file('signme-2')];

  it('verifies one of a key that it names', async () => {
    await expect(
      verifyModelSignature(fixture('v1.1.0-elliptic-key.sig'), {
        trust: trustKey(key),
        at: now,
        files,
      }),
    ).resolves.toMatchObject({
      name: 'v1.1.0-elliptic-key',
      signedBy: { method: 'key', name: 'team key' },
    });
  });

  it('verifies one of version 1.0.0, which names no key, of a single file', async () => {
    await expect(
      verifyModelSignature(fixture('v1.0.0-elliptic-key.sig'), {
        trust: trustKey(key),
        at: now,
        files: [{ ...files[0], path: '.' }],
      }),
    ).resolves.toMatchObject({ name: 'signme-1' });
  });

  it('verifies one of a certificate, up to an intermediate authority that is trusted', async () => {
    const bundle = fixture('v1.1.0-certificate.sig');
    const { certificates } = JSON.parse(bundle.toString()).verificationMaterial
      .x509CertificateChain;
    const authority = `-----BEGIN CERTIFICATE-----\n${certificates[1].rawBytes}\n-----END CERTIFICATE-----\n`;
    await expect(
      verifyModelSignature(bundle, {
        trust: trustRoots(authority),
        at: now,
        files: [file('signme-1'), file('signme-2')],
      }),
    ).resolves.toMatchObject({
      signedBy: { method: 'certificate', issuer: 'CN=intermediate-ca' },
    });
  });

  it.each(['v1.0.0-elliptic-key', 'v1.1.0-elliptic-key'])(
    'refuses %s with another key',
    async name => {
      await expect(
        verifyBundle(fixture(`${name}.sig`), {
          trust: trustKey(generateKeys({ curve: 'P-384' }).publicKey),
          at: now,
        }),
      ).rejects.toEqual(refused('UNKNOWN_KEY'));
    },
  );
});

describe('the bytes that are signed', () => {
  it('are those of the example in the DSSE protocol', () => {
    expect(
      preAuthEncoding(
        'http://example.com/HelloWorld',
        Buffer.from('hello world'),
      ).toString(),
    ).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('count bytes, not characters', () => {
    expect(preAuthEncoding('é', Buffer.from('ü')).toString()).toBe(
      'DSSEv1 2 é 2 ü',
    );
  });
});

describe('a signature with a key', () => {
  const files = [file('model.onnx'), file('data/ä.csv'), file('Model.yaml')];
  const keys = generateKeys({ curve: 'P-256' });
  const signer = createSigner(keys);
  const sign = () => signer.sign(modelStatement({ name: 'wine@1.0.0', files }));
  const check = (bundle: Buffer, found = files, trust?: Trust) =>
    verifyModelSignature(bundle, {
      trust: trust ?? trustKey(keys.publicKey),
      at: now,
      files: found,
    });

  it.each(CURVE_NAMES)('is made and verified on %s', async curve => {
    const pair = generateKeys({ curve, passphrase: 'secret' });
    const bundle = createSigner({ ...pair, passphrase: 'secret' }).sign(
      modelStatement({ name: 'x', files }),
    );
    await expect(
      verifyModelSignature(bundle, {
        trust: trustKey(pair.publicKey),
        at: now,
        files,
      }),
    ).resolves.toMatchObject({
      signedBy: { method: 'key', fingerprint: pair.fingerprint },
    });
  });

  it('holds whatever the order of the files', async () => {
    await expect(check(sign(), [...files].reverse())).resolves.toMatchObject({
      name: 'wine@1.0.0',
    });
  });

  it('tells each file that was edited, added and removed', async () => {
    await expect(
      check(sign(), [file('model.onnx', 'other'), files[2], file('new.py')]),
    ).rejects.toMatchObject({
      problem: 'FILES_DIFFER',
      differences: [
        { path: 'data/ä.csv', kind: 'removed' },
        { path: 'model.onnx', kind: 'changed' },
        { path: 'new.py', kind: 'added' },
      ],
    });
  });

  it('is refused with another key, and for another model', async () => {
    const { publicKey } = generateKeys({ curve: 'P-256' });
    await expect(check(sign(), files, trustKey(publicKey))).rejects.toEqual(
      refused('UNKNOWN_KEY'),
    );
    await expect(check(sign(), [file('other')])).rejects.toEqual(
      refused('FILES_DIFFER'),
    );
  });

  it('is refused when it claims the key of somebody else', async () => {
    const other = createSigner(generateKeys({ curve: 'P-256' })).sign(
      modelStatement({ name: 'wine@1.0.0', files }),
    );
    const claimed = change(other, ({ verificationMaterial }) => {
      verificationMaterial.publicKey.hint = keys.fingerprint;
    });
    await expect(check(claimed)).rejects.toEqual(refused('BAD_SIGNATURE'));
  });

  it.each<[string, (bundle: Buffer) => Buffer, ProofProblem]>([
    [
      'a list of files that was changed',
      bundle =>
        changePayload(bundle, statement => {
          statement.predicate.resources[0].digest = '0'.repeat(64);
        }),
      'BAD_SIGNATURE',
    ],
    [
      'another payload type',
      bundle =>
        change(bundle, ({ dsseEnvelope }) => {
          dsseEnvelope.payloadType = 'application/json';
        }),
      'BAD_SIGNATURE',
    ],
    [
      'another media type',
      bundle =>
        change(bundle, document => {
          document.mediaType = 'application/json';
        }),
      'WRONG_MEDIA_TYPE',
    ],
    [
      'no signature',
      bundle =>
        change(bundle, ({ dsseEnvelope }) => {
          dsseEnvelope.signatures = [];
        }),
      'MALFORMED',
    ],
    [
      'no envelope',
      bundle =>
        change(bundle, document => {
          delete document.dsseEnvelope;
        }),
      'MALFORMED',
    ],
    [
      'a broken end',
      bundle => bundle.subarray(0, bundle.length - 40),
      'MALFORMED',
    ],
    ['nothing in it', () => Buffer.alloc(0), 'MALFORMED'],
    ['JSON that is no object', () => Buffer.from('[1]'), 'WRONG_MEDIA_TYPE'],
  ])('is refused with %s', async (_what, edit, problem) => {
    await expect(check(edit(sign()))).rejects.toEqual(refused(problem));
  });

  it.each<[string, (statement: any) => void, ProofProblem]>([
    [
      'another predicate',
      statement => {
        statement.predicateType = PREDICATE_TYPES.testResult;
      },
      'WRONG_PREDICATE_TYPE',
    ],
    [
      'another type of statement',
      statement => {
        statement._type = 'https://in-toto.io/Statement/v0.1';
      },
      'WRONG_STATEMENT_TYPE',
    ],
    [
      'a root that does not follow from the files',
      statement => {
        statement.subject[0].digest.sha256 = '0'.repeat(64);
      },
      'INCONSISTENT',
    ],
    [
      'a file twice',
      statement => {
        statement.predicate.resources.push(statement.predicate.resources[0]);
      },
      'INCONSISTENT',
    ],
    [
      'no files',
      statement => {
        statement.predicate.resources = [];
      },
      'MALFORMED',
    ],
    [
      'shards instead of files',
      statement => {
        statement.predicate.serialization.method = 'shards';
      },
      'UNSUPPORTED',
    ],
  ])('is refused when its own key signed %s', async (_what, edit, problem) => {
    const statement = modelStatement({ name: 'x', files });
    edit(statement);
    await expect(check(signer.sign(statement))).rejects.toEqual(
      refused(problem),
    );
  });
});

describe('a signature with a certificate', () => {
  const files = [file('model.onnx')];
  let root: Identity;
  let authority: Identity;

  const sign = (leaf: Identity, chain?: string) =>
    createSigner({
      privateKey: leaf.privateKey,
      certificate: leaf.pem,
      chain,
    }).sign(modelStatement({ name: 'x', files }));
  const check = (bundle: Buffer, trust = trustRoots(root.pem), at = now) =>
    verifyModelSignature(bundle, { trust, at, files });

  beforeAll(async () => {
    root = await issue({ name: 'root', isAuthority: true });
    authority = await issue({
      name: 'team authority',
      issuer: root,
      isAuthority: true,
      pathLength: 0,
    });
  });

  it.each(['codeSigning', 'digitalSignature'] as const)(
    'holds when the chain leads to the root and the usage is %s',
    async usage => {
      const leaf = await issue({ name: 'ada', issuer: authority, usage });
      await expect(check(sign(leaf, authority.pem))).resolves.toMatchObject({
        signedBy: {
          method: 'certificate',
          name: 'CN=ada',
          issuer: 'CN=team authority',
        },
      });
    },
  );

  it('holds when exactly that certificate is trusted', async () => {
    const own = await issue({ name: 'self-signed' });
    await expect(check(sign(own), trustRoots(own.pem))).resolves.toMatchObject({
      signedBy: { name: 'CN=self-signed' },
    });
  });

  it('is refused without the chain, and with another root of the same name', async () => {
    const leaf = await issue({ name: 'ada', issuer: authority });
    await expect(check(sign(leaf))).rejects.toEqual(
      refused('CERTIFICATE_UNTRUSTED'),
    );
    const impostor = await issue({ name: 'root', isAuthority: true });
    await expect(
      check(sign(leaf, authority.pem), trustRoots(impostor.pem)),
    ).rejects.toEqual(refused('CERTIFICATE_UNTRUSTED'));
    await expect(
      check(sign(leaf, authority.pem), { keys: [], certificates: [] }),
    ).rejects.toEqual(refused('CERTIFICATE_UNTRUSTED'));
  });

  it('is refused when the certificate had expired, and holds for a time before', async () => {
    const leaf = await issue({
      name: 'ada',
      issuer: authority,
      notAfter: new Date(Date.now() - DAY / 2),
    });
    const bundle = sign(leaf, authority.pem);
    await expect(check(bundle)).rejects.toEqual(
      refused('CERTIFICATE_EXPIRED', /CN=ada/),
    );
    await expect(
      check(bundle, undefined, new Date(Date.now() - 0.75 * DAY)),
    ).resolves.toMatchObject({ signedBy: { name: 'CN=ada' } });
  });

  it('is refused when an authority in between had expired', async () => {
    const expired = await issue({
      name: 'old authority',
      issuer: root,
      isAuthority: true,
      notAfter: new Date(Date.now() - DAY / 2),
    });
    const leaf = await issue({ name: 'ada', issuer: expired });
    await expect(check(sign(leaf, expired.pem))).rejects.toMatchObject({
      problem: expect.stringMatching(/^CERTIFICATE_/),
    });
  });

  it('is refused when the certificate is made for something else', async () => {
    const leaf = await issue({
      name: 'ada',
      issuer: authority,
      usage: 'keyAgreement',
    });
    await expect(check(sign(leaf, authority.pem))).rejects.toEqual(
      refused('CERTIFICATE_USAGE'),
    );
  });

  it('is refused when somebody with a certificate issued another', async () => {
    const leaf = await issue({ name: 'ada', issuer: authority });
    const forged = await issue({ name: 'platform', issuer: leaf });
    await expect(check(sign(forged, leaf.pem + authority.pem))).rejects.toEqual(
      refused('CERTIFICATE_UNTRUSTED'),
    );
  });

  it('is refused when the path is longer than an authority allows', async () => {
    const below = await issue({
      name: 'below',
      issuer: authority,
      isAuthority: true,
    });
    const leaf = await issue({ name: 'ada', issuer: below });
    await expect(check(sign(leaf, below.pem + authority.pem))).rejects.toEqual(
      refused('CERTIFICATE_UNTRUSTED'),
    );
  });

  it('is refused when it was made with another key', async () => {
    const leaf = await issue({ name: 'ada', issuer: authority });
    const other = await issue({ name: 'eve', issuer: authority });
    const bundle = change(sign(other, authority.pem), document => {
      document.verificationMaterial.x509CertificateChain.certificates[0].rawBytes =
        Buffer.from(leaf.certificate.rawData).toString('base64');
    });
    await expect(check(bundle)).rejects.toEqual(refused('BAD_SIGNATURE'));
  });

  it('cannot be made with a certificate of another key', async () => {
    const leaf = await issue({ name: 'ada', issuer: authority });
    const { privateKey } = generateKeys({ curve: 'P-256' });
    expect(() => createSigner({ privateKey, certificate: leaf.pem })).toThrow(
      'the certificate of CN=ada belongs to another key',
    );
  });
});

describe('an attestation of another kind', () => {
  it('goes through the same envelope, and names what it is about', async () => {
    const keys = generateKeys({ curve: 'P-256' });
    const digest = 'a'.repeat(64);
    const bundle = createSigner(keys).sign({
      _type: STATEMENT_TYPE,
      subject: [{ name: 'wine@1.0.0', digest: { sha256: digest } }],
      predicateType: PREDICATE_TYPES.testResult,
      predicate: { result: 'PASSED', configuration: [] },
    });
    expect(JSON.parse(bundle.toString()).mediaType).toBe(BUNDLE_MEDIA_TYPE);
    const { statement } = await verifyBundle(bundle, {
      trust: trustKey(keys.publicKey),
      at: now,
    });
    expect(statement.predicate).toMatchObject({ result: 'PASSED' });
    expect(isAbout(statement, `sha256:${digest}`)).toBe(true);
    expect(isAbout(statement, `sha256:${'b'.repeat(64)}`)).toBe(false);
  });
});
