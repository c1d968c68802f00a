import { createHash } from 'node:crypto';
import { GatewayError } from '../gateway/GatewayError';
import type {
  CallerAuthenticator,
  CallerCredentials,
  Consumer,
} from './CallerAuthenticator';
import type { CallersFile } from './callersFile';

interface KnownKey {
  consumer: Consumer;
  /** Milliseconds since 1970. */
  expires: number;
}

/**
 * Knows consumers by a key. Only hashes are configured: a key is 256 random
 * bits, so a plain hash tells nothing of it, and looking one up takes the same
 * time whether or not it is nearly right.
 */
export class KeyAuthenticator implements CallerAuthenticator {
  readonly how = '"Authorization: Bearer <key>"';
  readonly #keys = new Map<string, KnownKey>();

  constructor({ consumers }: CallersFile) {
    for (const rules of consumers) {
      const consumer = { name: rules.name, rules };
      for (const { sha256, expires } of rules.keys) {
        this.#keys.set(sha256, {
          consumer,
          expires: expires ? Date.parse(expires) : Infinity,
        });
      }
    }
  }

  authenticate({ headers }: CallerCredentials): Consumer | undefined {
    const key = keyIn(headers);
    if (key === undefined) return undefined;
    const known = this.#keys.get(hashKey(key));
    if (!known) throw unauthenticated('the key is not known to this server');
    if (Date.now() >= known.expires) {
      throw unauthenticated(
        `the key of consumer ${known.consumer.name} has expired; ask for a new one`,
      );
    }
    return known.consumer;
  }
}

/** As it stands in the file of callers. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

export function unauthenticated(message: string): GatewayError {
  return new GatewayError({ status: 401, failure: 'unauthenticated', message });
}

function keyIn(headers: CallerCredentials['headers']): string | undefined {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (typeof apiKey === 'string') return apiKey;
  if (typeof authorization !== 'string') return undefined;
  const match = /^bearer +(\S+) *$/i.exec(authorization);
  if (!match) {
    throw unauthenticated(
      'the Authorization header is not of the form "Bearer <key>"',
    );
  }
  return match[1];
}
