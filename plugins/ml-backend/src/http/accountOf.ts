import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { isAccountRef } from '@ml-platform/workload-identity';
import { decodeJwt } from 'jose';
import type { AccountIdentity } from '../authorization/accountScope';

/** Whether the caller is a service account, whatever it may do. */
export function isAccount({ principal }: BackstageCredentials): boolean {
  const { subject } = principal as { subject?: string };
  return subject !== undefined && isAccountRef(subject);
}

/**
 * What the token of a service account says that it may do. It was verified when
 * these credentials were made of it, and names the same account.
 */
export function accountOf(
  credentials: BackstageCredentials,
  token: string | undefined,
): AccountIdentity | undefined {
  if (!isAccount(credentials) || !token) return undefined;
  const { subject } = credentials.principal as { subject?: string };
  const claims = decodeJwt<{
    scope: string;
    models: string[];
    environments: string[];
    owner: string;
    group: string;
  }>(token);
  if (!subject || claims.sub !== subject) return undefined;
  return {
    ref: subject,
    owner: claims.owner,
    group: claims.group,
    capabilities: claims.scope.split(' '),
    models: claims.models,
    environments: claims.environments,
  };
}

/** The bearer token of an Authorization header. */
export function bearerIn(header: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}
