import type { EvaluationReport } from './report';

/** @public */
export const EVALUATION_STATES = [
  'queued',
  'running',
  'passed',
  'failed',
  'error',
] as const;

/**
 * `error` means that the suite could not be run to its end; it says nothing
 * of the model.
 * @public
 */
export type EvaluationState = (typeof EVALUATION_STATES)[number];

/**
 * A run of a version's suite: by the platform, or elsewhere and attached.
 * @public
 */
export interface Evaluation {
  id: string;
  model: string;
  version: string;
  /** Of the version's manifest. */
  digest: string;
  state: EvaluationState;
  origin: 'platform' | 'attached';
  requestedBy: string;
  /** ISO 8601. */
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
  /** What came of it, in one sentence. */
  summary?: string;
  /** Version in production that it was compared with. */
  baseline?: string;
  /** Digest of the manifest that attaches the attestation. */
  attestation?: string;
  /** Name of the key that signed it. */
  signer?: string;
  /** In an answer for one evaluation only. */
  report?: EvaluationReport;
}

/**
 * Whether a version may go where evaluations are required.
 * @public
 */
export interface EvaluationGateState {
  model: string;
  version: string;
  /** Environments that take evaluated versions only. */
  requiredFor: string[];
  passed: boolean;
  /** Whether the platform evaluates it in the gate of a release that is asked for now. */
  evaluable: boolean;
  /** What is missing and what to do, or which attestation counts. */
  message: string;
}
