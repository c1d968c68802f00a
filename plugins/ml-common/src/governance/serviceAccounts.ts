import type { Environment } from '../releases/types';

/**
 * What a service account can be let do; every one of them lets it see the
 * models of its scope.
 * @public
 */
export const CAPABILITIES = [
  'read',
  'predict',
  'pull',
  'register',
  'manage',
  'deploy:staging',
  'deploy:production',
  'rollback',
] as const;

/** @public */
export type Capability = (typeof CAPABILITIES)[number];

/** What may be done with models of other teams, by who may see them. @public */
export const FOREIGN_CAPABILITIES: readonly Capability[] = [
  'read',
  'predict',
  'pull',
];

/**
 * Whose tokens of a CI system an account is exchanged for; nothing secret is
 * stored for it.
 * @public
 */
export interface CiTrust {
  /** Address of the OpenID Connect issuer, one that the platform's configuration allows. */
  issuer: string;
  /** What the token must be issued for. */
  audience: string;
  /** The subject, in which `*` stands for anything but a colon. */
  subject: string;
}

/** How much an account may ask of an inference server. @public */
export interface AccountLimits {
  requestsPerSecond?: number;
  /** Requests under way at a time. */
  concurrency?: number;
}

/** What a new service account is to be. @public */
export interface NewServiceAccount {
  /** Group of the catalog, e.g. `group:default/quality-team`. */
  team: string;
  name: string;
  description: string;
  capabilities: Capability[];
  /** Names of models; there is no pattern, so that nothing slips in. */
  models: string[];
  /** Where it may ask for predictions. */
  environments?: Environment[];
  trust?: CiTrust;
  /** The platform's own where it names none. */
  limits?: AccountLimits;
}

/**
 * A program that acts for a team: a person answers for it, and it can do what
 * it was created for and nothing else. What it may do is never changed; create
 * another one instead.
 * @public
 */
export interface ServiceAccount
  extends Omit<NewServiceAccount, 'environments'> {
  /** As in the audit log: `service-account:quality-team/ci`. */
  ref: string;
  /** Short name of the team, as in `ref`. */
  teamName: string;
  /** Its name in certificates. */
  spiffeId: string;
  environments: Environment[];
  /** Entity reference of the person who answers for it. */
  owner: string;
  createdAt: string;
  lastUsedAt?: string;
  /** Where it was used last. */
  lastUsedAs?: 'api' | 'gateway';
  revokedAt?: string;
  revokedBy?: string;
  revokedReason?: string;
}

/** @public */
export type CredentialKind = 'token' | 'certificate';

/** What an account was given to show; the thing itself is not kept. @public */
export interface AccountCredential {
  /** Id of a token, or serial of a certificate. */
  id: string;
  kind: CredentialKind;
  /** How it was asked for. */
  via: 'owner' | 'ci' | 'certificate' | 'account';
  issuedTo: string;
  issuedAt: string;
  expiresAt: string;
  revokedAt?: string;
  revokedBy?: string;
}

/** Whom a token is for. @public */
export const TOKEN_AUDIENCES = ['api', 'gateway'] as const;

/** @public */
export type TokenAudience = (typeof TOKEN_AUDIENCES)[number];

/** What a token is to be; less than the account may, never more. @public */
export interface TokenRequest {
  /** At most a day; an hour when it is left out. */
  lifetimeSeconds?: number;
  /** Both when it is left out. */
  audience?: TokenAudience[];
  capabilities?: Capability[];
  models?: string[];
}

/** @public */
export interface AccountToken {
  token: string;
  id: string;
  account: string;
  expiresAt: string;
}

/** @public */
export interface AccountCertificate {
  /** In PEM, with what is between it and the authority behind it. */
  certificate: string;
  /** Authorities that it leads to, in PEM. */
  authorities: string[];
  serial: string;
  spiffeId: string;
  expiresAt: string;
}
