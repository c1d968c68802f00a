import type {
  AccountCredential,
  CredentialKind,
} from '@ml-platform/plugin-ml-common';
import { parseAccountRef } from '@ml-platform/workload-identity';
import type { NewCredential, StoredAccount } from './ServiceAccountStore';

export interface AccountRow {
  ref: string;
  team: string;
  name: string;
  description: string;
  owner: string;
  capabilities: string;
  models: string;
  environments: string;
  trust: string | null;
  limits: string | null;
  created_at: string;
  last_used_at: string | null;
  last_used_as: 'api' | 'gateway' | null;
  revoked_at: string | null;
  revoked_by: string | null;
  revoked_reason: string | null;
}

export interface CredentialRow {
  id: string;
  account: string;
  kind: CredentialKind;
  via: AccountCredential['via'];
  issued_to: string;
  issued_at: string;
  expires_at: string;
  revoked_at: string | null;
  revoked_by: string | null;
}

export function toAccountRow(account: StoredAccount): AccountRow {
  return {
    ref: account.ref,
    team: account.team,
    name: parseAccountRef(account.ref).name,
    description: account.description,
    owner: account.owner,
    capabilities: JSON.stringify(account.capabilities),
    models: JSON.stringify(account.models),
    environments: JSON.stringify(account.environments),
    trust: account.trust ? JSON.stringify(account.trust) : null,
    limits: account.limits ? JSON.stringify(account.limits) : null,
    created_at: account.createdAt,
    last_used_at: null,
    last_used_as: null,
    revoked_at: null,
    revoked_by: null,
    revoked_reason: null,
  };
}

export function toAccount(row: AccountRow): StoredAccount {
  return {
    ref: row.ref,
    team: row.team,
    name: row.name,
    description: row.description,
    owner: row.owner,
    capabilities: JSON.parse(row.capabilities),
    models: JSON.parse(row.models),
    environments: JSON.parse(row.environments),
    trust: row.trust ? JSON.parse(row.trust) : undefined,
    limits: row.limits ? JSON.parse(row.limits) : undefined,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    lastUsedAs: row.last_used_as ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    revokedBy: row.revoked_by ?? undefined,
    revokedReason: row.revoked_reason ?? undefined,
  };
}

export function toCredentialRow(issued: NewCredential): CredentialRow {
  return {
    id: issued.id,
    account: issued.account,
    kind: issued.kind,
    via: issued.via,
    issued_to: issued.issuedTo,
    issued_at: issued.issuedAt,
    expires_at: issued.expiresAt,
    revoked_at: null,
    revoked_by: null,
  };
}

export function toCredential(row: CredentialRow): AccountCredential {
  return {
    id: row.id,
    kind: row.kind,
    via: row.via,
    issuedTo: row.issued_to,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
    revokedBy: row.revoked_by ?? undefined,
  };
}
