import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Request, Response } from 'express';
import { CorruptedBlobError } from '../files/DigestCheck';
import { isDiskFull } from '../files/DiskSpace';
import { OciError } from '../OciError';

// A client that still sends its body gets this long to read the refusal.
const LINGER_MS = 10_000;

const CLIENT_GONE = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
]);

/** Answers with an error in the OCI shape, or breaks an answer off that has begun. */
export function sendError(
  error: unknown,
  { req, res, logger }: { req: Request; res: Response; logger: LoggerService },
): void {
  const { status, code, message, detail, headers } = describe(error);
  if (isClientGone(error)) {
    logger.debug(`${req.method} ${req.originalUrl}: the client went away`);
  } else if (status >= 500 && !(error instanceof OciError)) {
    logger.error(`${req.method} ${req.originalUrl} failed`, error as Error);
  }
  if (res.headersSent || req.socket.destroyed) {
    res.destroy();
    return;
  }
  // The rest of the body is thrown away, for a while only.
  res.once('finish', () => {
    if (req.complete) return;
    const timer = setTimeout(() => req.socket.destroy(), LINGER_MS).unref();
    req.once('close', () => clearTimeout(timer));
    req.resume();
  });
  res
    .status(status)
    .set(headers ?? {})
    .json({ errors: [{ code, message, detail: detail ?? {} }] });
}

function isClientGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return CLIENT_GONE.has(code ?? '');
}

function describe(error: unknown): {
  status: number;
  code: string;
  message: string;
  detail?: Record<string, unknown>;
  headers?: Record<string, string>;
} {
  if (error instanceof OciError) return error;
  if (error instanceof CorruptedBlobError) {
    return { status: 500, code: 'BLOB_CORRUPTED', message: error.message };
  }
  if (isDiskFull(error)) {
    return {
      status: 507,
      code: 'STORAGE_FULL',
      message:
        "the disk of the platform's database is full; free space on it, then try again: nothing that was acknowledged is lost",
    };
  }
  if (error instanceof URIError) {
    return {
      status: 400,
      code: 'NAME_INVALID',
      message: 'the path is not valid percent-encoding',
    };
  }
  return {
    status: 500,
    code: 'UNKNOWN',
    message:
      'the artifact store failed; the log of the portal tells why. Nothing that was acknowledged is lost: try again',
  };
}
