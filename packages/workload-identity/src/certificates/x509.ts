// The library's own dependency injection needs it to be there first.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as Crypto);

/** An elliptic curve that all TLS libraries know. */
export const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const SIGNING_ALGORITHM = {
  ...KEY_ALGORITHM,
  hash: 'SHA-256',
} as const;

export { x509 };
