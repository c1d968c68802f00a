import type { RootConfigService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import type { AccountLimits } from '@ml-platform/plugin-ml-common';
import { isTrustDomain } from '@ml-platform/workload-identity';

export interface IdentityConfig {
  /** What keys are made of; nothing is issued without it. */
  secret?: Buffer;
  /** Of the tokens; the API, which they are for, has the same name. */
  issuer: string;
  /** Of the names in certificates. */
  trustDomain: string;
  /** OpenID Connect issuers of CI systems that may be trusted. */
  ciIssuers: string[];
  /** At the gateways, of accounts that were created without. */
  limits: AccountLimits;
}

/** `ml.serviceAccounts` */
export function readIdentityConfig(config: RootConfigService): IdentityConfig {
  const section = config.getOptionalConfig('ml.serviceAccounts');
  const key = section?.getOptionalString('key');
  const secret = key === undefined ? undefined : Buffer.from(key, 'base64url');
  if (secret && secret.length < 32) {
    throw new InputError(
      'ml.serviceAccounts.key: must be 32 random bytes or more, as base64url; make one with: openssl rand -base64 32',
    );
  }
  const baseUrl = config.getString('backend.baseUrl').replace(/\/+$/, '');
  const trustDomain =
    section?.getOptionalString('trustDomain') ?? new URL(baseUrl).hostname;
  if (!isTrustDomain(trustDomain)) {
    throw new InputError(
      `ml.serviceAccounts.trustDomain: '${trustDomain}' is no domain name in lower case`,
    );
  }
  return {
    secret,
    issuer: `${baseUrl}/api/ml`,
    trustDomain,
    ciIssuers: section?.getOptionalStringArray('ciIssuers') ?? [],
    limits: readLimits(section?.getOptionalConfig('limits')),
  };
}

function readLimits(section: Config | undefined): AccountLimits {
  const requestsPerSecond = section?.getOptionalNumber('requestsPerSecond');
  const concurrency = section?.getOptionalNumber('concurrency');
  const wrong = (name: string, what: string) =>
    new InputError(`ml.serviceAccounts.limits.${name}: must be ${what}`);
  if (requestsPerSecond !== undefined && !(requestsPerSecond > 0)) {
    throw wrong('requestsPerSecond', 'more than 0');
  }
  if (
    concurrency !== undefined &&
    !(Number.isInteger(concurrency) && concurrency > 0)
  ) {
    throw wrong('concurrency', 'a whole number from 1 on');
  }
  return { requestsPerSecond, concurrency };
}
