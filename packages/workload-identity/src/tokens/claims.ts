import { z } from 'zod';

/** Tells these tokens from all others, before anything is believed. @public */
export const TOKEN_TYPE = 'ml-sa+jwt';

/** Longest life of anything that an account shows. @public */
export const MAX_LIFETIME_SECONDS = 24 * 60 * 60;

export const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string()).min(1)]),
  jti: z.string().min(1).max(64),
  iat: z.number().int(),
  exp: z.number().int(),
  /** Capabilities, with spaces between. */
  scope: z.string(),
  models: z.array(z.string()),
  environments: z.array(z.string()),
  /** Entity reference of the person who answers for the account. */
  owner: z.string(),
  /** Entity reference of the team. */
  group: z.string(),
});

/** What a token of a service account says. @public */
export type AccountClaims = z.infer<typeof claimsSchema>;
