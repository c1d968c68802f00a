import { z } from 'zod';
import { ENVIRONMENTS } from '../releases/types';

/**
 * What the data plane has to know of service accounts in order to tell them
 * apart without the portal.
 * @public
 */
export const accessSnapshotSchema = z.strictObject({
  /** Made anew with the portal's database; revisions count within it. */
  epoch: z.string().min(1).max(64),
  /** Grows with each change: an older one never takes the place of a newer one. */
  revision: z.int().min(0),
  /** Of the tokens. */
  issuer: z.string(),
  audience: z.string(),
  /** Public keys of the issuer, as a JSON Web Key Set. */
  keys: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  /** Of the certificates. */
  trustDomain: z.string(),
  /** Certificates of the authorities, in PEM. */
  authorities: z.array(z.string()),
  /** Those that may ask for predictions; whoever is not here is not let in. */
  accounts: z.array(
    z.strictObject({
      ref: z.string(),
      models: z.array(z.string()),
      environments: z.array(z.enum(ENVIRONMENTS)),
      limits: z
        .strictObject({
          requestsPerSecond: z.number().positive().optional(),
          concurrency: z.int().min(1).optional(),
        })
        .optional(),
    }),
  ),
  /** Ids of tokens and serials of certificates that were revoked and would still be valid. */
  denied: z.array(z.string()),
});

/** @public */
export type AccessSnapshot = z.infer<typeof accessSnapshotSchema>;

/** What the data plane goes by, and whom it saw. @public */
export interface AccessReport {
  epoch?: string;
  revision?: number;
  /** When each account asked last, since the server started. */
  lastUsed: Record<string, string>;
}
