import type { Role } from '../policy/policies';

/**
 * What a grant lets do: `read` shows the model and lets it be pulled, as far as
 * the role allows; `operate` lets it be released and rolled back as well.
 * @public
 */
export const GRANT_CAPABILITIES = ['read', 'operate'] as const;

/** @public */
export type GrantCapability = (typeof GRANT_CAPABILITIES)[number];

/** The longest time that a grant may be good for, in days. @public */
export const MAX_GRANT_DAYS = 90;

/** Whether one capability holds all that another one does. @public */
export function includesCapability(
  held: GrantCapability,
  wanted: GrantCapability,
): boolean {
  return GRANT_CAPABILITIES.indexOf(held) >= GRANT_CAPABILITIES.indexOf(wanted);
}

/**
 * Access to models of another team: of one model, or of all that a team owns.
 * @public
 */
export interface Grant {
  id: string;
  /** User or group, as an entity reference. */
  subject: string;
  /** The one model; or else `team` is set. */
  model?: string;
  /** The team whose models they are, also those that it will own. */
  team?: string;
  capability: GrantCapability;
  reason: string;
  state: 'active' | 'expired' | 'revoked';
  grantedBy: string;
  grantedAt: string;
  expiresAt: string;
  revokedBy?: string;
  revokedAt?: string;
  /** When it let something happen that the role alone would not; to the minute. */
  lastUsedAt?: string;
}

/** @public */
export interface GrantRequest {
  subject: string;
  model?: string;
  team?: string;
  capability: GrantCapability;
  reason: string;
  /** ISO 8601, at most {@link MAX_GRANT_DAYS} days ahead. */
  expiresAt: string;
}

/** What subjects were granted, for policies that decide on other things than models. @public */
export interface GrantedAccess {
  models: string[];
  teams: string[];
}

/** What stands for somebody, and which roles come of it. @public */
export interface OwnAccess {
  identity: string;
  /** The user and their groups, as entity references. */
  claims: string[];
  roles: Role[];
}
