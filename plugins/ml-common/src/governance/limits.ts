/**
 * A larger artifact for one model, asked for by one person and approved by
 * another, until a day.
 * @public
 */
export interface SizeException {
  /** That of the approval. */
  id: string;
  model: string;
  maxBytes: number;
  reason: string;
  requestedBy: string;
  approvedBy: string;
  approvedAt: string;
  /** ISO 8601. */
  expiresAt: string;
  state: 'active' | 'expired' | 'revoked';
  revokedBy?: string;
  revokedAt?: string;
}

/**
 * How large an artifact of a model may be: one file, and all of them together.
 * @public
 */
export interface ModelLimits {
  model: string;
  /** Absent when the registry is not the portal's own and has limits of its own. */
  defaultBytes?: number;
  /** What holds now. */
  maxBytes?: number;
  /** Newest first. */
  exceptions: SizeException[];
}

/** @public */
export interface SizeExceptionRequest {
  maxBytes: number;
  /** ISO 8601, within a year. */
  expiresAt: string;
  reason: string;
}
