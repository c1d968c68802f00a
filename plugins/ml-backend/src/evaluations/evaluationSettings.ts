import { createECDH, createPrivateKey } from 'node:crypto';
import { resolve } from 'node:path';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import { readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import {
  createSigner,
  readPublicKey,
  type Signer,
  toPem,
} from '@ml-platform/attestations';
import { type TrustAnchor } from '@ml-platform/plugin-ml-common';

const KEY = 'ml.evaluation';
const HALF_AN_HOUR = 30 * 60_000;

/** Name of the platform's own key, in answers and in the portal. */
export const PLATFORM_KEY = 'the platform';

export interface EvaluationSettings {
  /** Signs what the platform evaluates; without one, it evaluates nothing. */
  signer?: Signer;
  /** The public half of that key. */
  anchor?: TrustAnchor;
  /** Absolute: folders of runs, and Python environments. */
  directory: string;
  /** Milliseconds. */
  timeout: number;
}

/** Reads `ml.evaluation`; what cannot be used is refused at the start. */
export function readEvaluationSettings(
  config: RootConfigService,
): EvaluationSettings {
  const seed = config.getOptionalString(`${KEY}.signingKey`);
  return {
    ...(seed !== undefined && keyOf(seed)),
    directory: resolve(
      config.getOptionalString(`${KEY}.directory`) ?? '.ml/evaluation',
    ),
    timeout: config.has(`${KEY}.timeout`)
      ? durationToMilliseconds(
          readDurationFromConfig(config, { key: `${KEY}.timeout` }),
        )
      : HALF_AN_HOUR,
  };
}

/** The key on the curve P-256 whose private number is the seed. */
function keyOf(text: string): { signer: Signer; anchor: TrustAnchor } {
  const seed = Buffer.from(text, 'base64url');
  if (seed.length !== 32 || !/^[\w+/-]+=*$/.test(text)) {
    throw unreadable(
      seed.length === 32
        ? 'has characters that are not of base64url'
        : `has ${seed.length} bytes, not 32`,
    );
  }
  const pair = createECDH('prime256v1');
  try {
    pair.setPrivateKey(seed);
  } catch {
    throw unreadable('is not the number of a key on the curve P-256');
  }
  const point = pair.getPublicKey();
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      ...{ kty: 'EC', crv: 'P-256', d: seed.toString('base64url') },
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const signer = createSigner({ privateKey: pem });
  return {
    signer,
    anchor: {
      ...{ name: PLATFORM_KEY, kind: 'key', owners: [] },
      fingerprint: signer.fingerprint,
      pem: toPem(readPublicKey(pem)),
    },
  };
}

/** Never with the text: it may be a key that only lacks an end. */
function unreadable(what: string): InputError {
  return new InputError(
    `${KEY}.signingKey: ${what}; it must be 32 random bytes as base64url. Put back the one that was there, and releases that wait at the gate go on; make a new one ('openssl rand 32 | basenc --base64url'), and what the old one signed has to be evaluated again; without one, the platform evaluates nothing`,
  );
}

/** What signs with a platform's key. */
export function evaluationSigner(seed: string): Signer {
  return keyOf(seed).signer;
}
