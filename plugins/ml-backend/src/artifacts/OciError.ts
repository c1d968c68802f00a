/** Codes of the OCI distribution specification, and three of our own at the end. */
export type OciErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED'
  | 'BLOB_CORRUPTED'
  | 'STORAGE_FULL'
  | 'STORAGE_UNAVAILABLE';

export interface OciErrorOptions {
  status: number;
  code: OciErrorCode;
  message: string;
  detail?: Record<string, unknown>;
  /** Headers of the answer, such as the offset at which to resume. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A refusal as the OCI distribution API answers it. */
export class OciError extends Error {
  readonly name = 'OciError';
  readonly status: number;
  readonly code: OciErrorCode;
  readonly detail?: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(options: OciErrorOptions) {
    super(options.message, { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.detail = options.detail;
    this.headers = options.headers ?? {};
  }
}
