import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto';
import { exportJWK, type JSONWebKeySet, SignJWT } from 'jose';
import { type AccountClaims, TOKEN_TYPE } from './claims';

/** What a new token is to say; the rest is added. @public */
export type NewToken = Omit<AccountClaims, 'iss' | 'jti' | 'iat' | 'exp'> & {
  lifetimeSeconds: number;
};

/** @public */
export interface IssuedToken {
  token: string;
  id: string;
  issuedAt: Date;
  expiresAt: Date;
}

// The fixed beginning of an Ed25519 key in PKCS#8 (RFC 8410).
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs tokens, with a key made of the platform's secret. @public */
export class TokenSigner {
  readonly issuer: string;
  readonly #key: KeyObject;
  readonly #kid: string;

  constructor(options: { issuer: string; secret: Buffer }) {
    this.issuer = options.issuer;
    const seed = Buffer.from(
      hkdfSync('sha256', options.secret, '', 'ml service account tokens', 32),
    );
    this.#key = createPrivateKey({
      key: Buffer.concat([PKCS8, seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const spki = createPublicKey(this.#key).export({
      type: 'spki',
      format: 'der',
    });
    this.#kid = createHash('sha256').update(spki).digest('hex').slice(0, 16);
  }

  /** For those who verify. */
  async publicKeys(): Promise<JSONWebKeySet> {
    const jwk = await exportJWK(createPublicKey(this.#key));
    return { keys: [{ ...jwk, kid: this.#kid, alg: 'EdDSA', use: 'sig' }] };
  }

  async sign(
    { lifetimeSeconds, ...claims }: NewToken,
    now = new Date(),
  ): Promise<IssuedToken> {
    const id = randomUUID();
    const iat = Math.floor(now.getTime() / 1000);
    const exp = iat + lifetimeSeconds;
    const token = await new SignJWT({
      ...claims,
      iss: this.issuer,
      jti: id,
      iat,
      exp,
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: TOKEN_TYPE, kid: this.#kid })
      .sign(this.#key);
    return {
      token,
      id,
      issuedAt: new Date(iat * 1000),
      expiresAt: new Date(exp * 1000),
    };
  }
}
