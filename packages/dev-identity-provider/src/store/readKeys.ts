import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { JWK } from 'oidc-provider';
import { writePrivate } from './writePrivate';

/** What signs tokens and cookies. */
export interface Keys {
  jwks: { keys: JWK[] };
  cookies: string[];
}

/** Made once and kept, so that a restart signs nobody out. */
export function readKeys(file: string): Keys {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ format: 'jwk' });
  const keys: Keys = {
    jwks: {
      keys: [{ ...key, kid: randomUUID(), use: 'sig', alg: 'RS256' } as JWK],
    },
    cookies: [randomBytes(32).toString('base64url')],
  };
  writePrivate(file, JSON.stringify(keys));
  return keys;
}
