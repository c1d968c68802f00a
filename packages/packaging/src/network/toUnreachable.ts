import { ToolError } from '../errors/ToolError';

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  EPROTO: 'it does not speak TLS there',
  ETIMEDOUT: 'it does not answer',
  TimeoutError: 'it does not answer in time',
};

/** Puts a network failure into words. */
export function toUnreachable(what: string, url: string, error: unknown) {
  return new ToolError({
    code: 'UNREACHABLE',
    message: `Cannot reach ${what} at ${url}: ${reasonOf(error)}`,
    hint: 'Is it running? `npm start` starts the platform, `ml doctor` checks the connection.',
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  const { name, message, code, cause } = error as NodeJS.ErrnoException & {
    cause?: NodeJS.ErrnoException;
  };
  return (
    REASONS[cause?.code ?? code ?? name] ??
    [message, cause?.message].filter(Boolean).join(': ')
  );
}
