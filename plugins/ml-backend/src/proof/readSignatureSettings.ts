import type { RootConfigService } from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  fingerprintOf,
  readCertificates,
  readPublicKey,
  toPem,
} from '@ml-platform/attestations';
import type { TrustAnchor } from '@ml-platform/plugin-ml-common';
import type { SignatureSettings } from './signatureSettings';

const KEY = 'ml.signatures';

/** Reads `ml.signatures`; what cannot be used is refused at the start. */
export function readSignatureSettings(
  config: RootConfigService,
): SignatureSettings {
  const entries = config.getOptionalConfigArray(`${KEY}.trusted`) ?? [];
  const anchors = entries.flatMap((entry, index) =>
    readAnchors(entry, `${KEY}.trusted[${index}]`),
  );
  const isRequired = config.getOptionalBoolean(`${KEY}.requiredForProduction`);
  if (isRequired && !anchors.length) {
    throw new InputError(
      `${KEY}.requiredForProduction: production would take signed versions only, and ${KEY}.trusted names nobody whose signature counts; add a key, or leave it off`,
    );
  }
  return { anchors };
}

function readAnchors(entry: Config, at: string): TrustAnchor[] {
  const name = entry.getString('name');
  const publicKey = entry.getOptionalString('publicKey');
  const certificate = entry.getOptionalString('certificate');
  if ((publicKey === undefined) === (certificate === undefined)) {
    throw new InputError(
      `${at}: must have either publicKey or certificate, in PEM form`,
    );
  }
  const owners = (entry.getOptionalStringArray('owners') ?? []).map(ref =>
    readOwner(ref, at),
  );
  try {
    if (publicKey !== undefined) {
      const key = readPublicKey(publicKey);
      return [
        {
          ...{ name, kind: 'key', pem: toPem(key) },
          ...{ fingerprint: fingerprintOf(key), owners },
        },
      ];
    }
    return readCertificates(certificate!).map(found => ({
      ...{ name, kind: 'certificate', pem: found.toString() },
      ...{ fingerprint: fingerprintOf(found.publicKey), owners },
    }));
  } catch (error) {
    const field = publicKey === undefined ? 'certificate' : 'publicKey';
    throw new InputError(`${at}.${field}: ${(error as Error).message}`);
  }
}

function readOwner(ref: string, at: string): string {
  try {
    return stringifyEntityRef(parseEntityRef(ref, { defaultKind: 'group' }));
  } catch (error) {
    throw new InputError(`${at}.owners: ${(error as Error).message}`);
  }
}
