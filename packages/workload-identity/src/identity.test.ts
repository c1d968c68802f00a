import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import {
  type AccountClaims,
  createAssertion,
  createCertificateRequest,
  EmbeddedAuthority,
  isAccountToken,
  parseAccountRef,
  spiffeId,
  TokenSigner,
  verifyAccountCertificate,
  verifyAccountToken,
  verifyAssertion,
} from '.';

const ISSUER = 'https://portal.example/api/ml';
const GATEWAY = `${ISSUER}/gateway`;
const DOMAIN = 'ml.example';
const ci = { team: 'quality-team', name: 'ci' };
const claims: Omit<AccountClaims, 'iss' | 'jti' | 'iat' | 'exp'> = {
  sub: 'service-account:quality-team/ci',
  aud: [GATEWAY],
  scope: 'predict',
  models: ['wine'],
  environments: ['production'],
  owner: 'user:default/mei',
  group: 'group:default/quality-team',
};
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);

describe('tokens of service accounts', () => {
  const signer = new TokenSigner({ issuer: ISSUER, secret: randomBytes(32) });
  const verify = async (token: string, change: object = {}, now?: Date) =>
    verifyAccountToken(
      token,
      {
        keys: await signer.publicKeys(),
        issuer: ISSUER,
        audience: GATEWAY,
        ...change,
      },
      now,
    );
  const issue = async () =>
    (await signer.sign({ ...claims, lifetimeSeconds: 600 })).token;

  it('are believed by who has the public key, until they expire', async () => {
    const token = await issue();
    expect(isAccountToken(token)).toBe(true);
    expect(isAccountToken('a.b.c')).toBe(false);
    await expect(verify(token)).resolves.toMatchObject(claims);
    await expect(verify(token, {}, inMinutes(11))).rejects.toMatchObject({
      problem: 'expired',
    });
  });

  it('are not believed elsewhere, nor of another issuer', async () => {
    const token = await issue();
    await expect(verify(token, { audience: ISSUER })).rejects.toMatchObject({
      problem: 'wrong-audience',
    });
    await expect(
      verify(token, { issuer: 'https://other.example' }),
    ).rejects.toMatchObject({ problem: 'wrong-issuer' });
    const other = new TokenSigner({ issuer: ISSUER, secret: randomBytes(32) });
    await expect(
      verify(token, { keys: await other.publicKeys() }),
    ).rejects.toMatchObject({ problem: 'forged' });
  });

  it('are not believed when they are changed, unsigned, or signed by their public key', async () => {
    const token = await issue();
    const [head, body, signature] = token.split('.');
    const { keys } = await signer.publicKeys();
    const encode = (value: object) =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const more = encode({
      ...JSON.parse(Buffer.from(body, 'base64url').toString()),
      models: ['wine', 'other'],
    });
    const none = encode({ alg: 'none', typ: 'ml-sa+jwt' });
    const confused = await new SignJWT({ ...claims, jti: '1' })
      .setProtectedHeader({ alg: 'HS256', typ: 'ml-sa+jwt', kid: keys[0].kid })
      .setIssuer(ISSUER)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(Buffer.from(String(keys[0].x), 'base64url'));
    for (const forged of [
      `${head}.${more}.${signature}`,
      `${none}.${body}.`,
      confused,
    ]) {
      await expect(verify(forged)).rejects.toMatchObject({
        name: 'IdentityError',
      });
    }
    const long = await signer.sign({ ...claims, lifetimeSeconds: 90_000 });
    await expect(verify(long.token)).rejects.toMatchObject({
      problem: 'malformed',
    });
  });

  it('name an account by team and name only', () => {
    expect(parseAccountRef('service-account:quality-team/ci')).toEqual(ci);
    for (const ref of ['service-account:ci', 'service-account:a/../b', 'x:a/b'])
      expect(() => parseAccountRef(ref)).toThrow('does not name');
  });
});

describe('certificates of service accounts', () => {
  const secret = randomBytes(32);
  const open = (certificate?: string) =>
    EmbeddedAuthority.open({ secret, trustDomain: DOMAIN, certificate });
  const order = async (change: object = {}) => {
    const { csr, privateKey } = await createCertificateRequest();
    return {
      privateKey,
      order: {
        csr,
        uri: spiffeId(DOMAIN, ci),
        expiresAt: inMinutes(60),
        ...change,
      },
    };
  };
  const trust = (authority: EmbeddedAuthority) => ({
    authorities: [authority.certificate],
    trustDomain: DOMAIN,
  });

  it('are believed by who has the authority, also after its restart', async () => {
    const before = await open();
    const authority = await open(before.certificate);
    const issued = await authority.issue((await order()).order);
    expect(
      verifyAccountCertificate(issued.certificate, trust(before)),
    ).toMatchObject({ account: ci, serial: issued.serial });
    expect(new X509Certificate(issued.certificate).subjectAltName).toBe(
      'URI:spiffe://ml.example/team/quality-team/sa/ci',
    );
  });

  it('are not believed from another authority of the same name, early, late, or of another name', async () => {
    const authority = await open();
    const { certificate } = await authority.issue((await order()).order);
    const verify = (change: object, now?: Date) => () =>
      verifyAccountCertificate(
        certificate,
        { ...trust(authority), ...change },
        now,
      );
    const other = await EmbeddedAuthority.open({
      secret: randomBytes(32),
      trustDomain: DOMAIN,
    });
    const problem = (name: string) =>
      expect.objectContaining({ problem: name });
    expect(verify(trust(other))).toThrow(problem('forged'));
    expect(verify({}, inMinutes(61))).toThrow(problem('expired'));
    expect(verify({}, inMinutes(-5))).toThrow(problem('not-yet-valid'));
    expect(verify({ trustDomain: 'other.example' })).toThrow(
      problem('wrong-name'),
    );
    // The authority itself is no client.
    expect(() =>
      verifyAccountCertificate(authority.certificate, trust(authority)),
    ).toThrow(problem('malformed'));
    const long = await authority.issue(
      (
        await order({ expiresAt: inMinutes(26 * 60) })
      ).order,
    );
    expect(() =>
      verifyAccountCertificate(long.certificate, trust(authority)),
    ).toThrow('lives too long');
  });

  it('are issued for requests that are signed with their key', async () => {
    const authority = await open();
    const { order: good } = await order();
    const bytes = Buffer.from(
      good.csr.replace(/-----[^-]+-----|\s/g, ''),
      'base64',
    );
    bytes[bytes.length - 1] ^= 1;
    const csr = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString(
      'base64',
    )}\n-----END CERTIFICATE REQUEST-----`;
    await expect(authority.issue({ ...good, csr })).rejects.toMatchObject({
      problem: 'forged',
    });
    await expect(
      authority.issue({ ...good, csr: 'nonsense' }),
    ).rejects.toMatchObject({ problem: 'malformed' });
  });

  it('are shown by an assertion that only their key can sign', async () => {
    const authority = await open();
    const { order: wanted, privateKey } = await order();
    const { certificate } = await authority.issue(wanted);
    const audience = `${ISSUER}/v1/service-accounts/token`;
    const verify = (assertion: string, change: object = {}, now?: Date) =>
      verifyAssertion(
        assertion,
        { ...trust(authority), audience, ...change },
        now,
      );
    const assertion = await createAssertion({
      certificate,
      privateKey,
      audience,
    });
    await expect(verify(assertion)).resolves.toMatchObject({ account: ci });
    await expect(verify(assertion, { audience: ISSUER })).rejects.toMatchObject(
      { problem: 'wrong-audience' },
    );
    await expect(verify(assertion, {}, inMinutes(2))).rejects.toMatchObject({
      problem: 'expired',
    });
    const thief = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const stolen = await createAssertion({
      certificate,
      privateKey: thief.privateKey
        .export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      audience,
    });
    await expect(verify(stolen)).rejects.toMatchObject({ problem: 'forged' });
    await expect(verify('nonsense')).rejects.toMatchObject({
      problem: 'malformed',
    });
  });
});
