import { ExitCode, type ExitStatus } from './ExitCode';

const BY_STATUS: Record<
  number,
  { code: string; exitCode: ExitStatus; hint?: string }
> = {
  401: {
    code: 'UNAUTHENTICATED',
    exitCode: ExitCode.auth,
    hint: 'The token is wrong or expired. Sign in again: ml login. In CI, set ML_TOKEN anew.',
  },
  403: {
    code: 'FORBIDDEN',
    exitCode: ExitCode.auth,
    hint: 'Who has the right, and how it is given: the page Roles of the documentation; what you have: ml whoami',
  },
  404: { code: 'NOT_FOUND', exitCode: ExitCode.notFound },
  409: { code: 'CONFLICT', exitCode: ExitCode.conflict },
  507: {
    code: 'DISK_FULL',
    exitCode: ExitCode.failed,
    hint: 'Free space on the disk of the platform, then run the command again.',
  },
};

/** Code, exit code and hint of an HTTP status. */
export function statusOptions(status: number): {
  code: string;
  exitCode: ExitStatus;
  hint?: string;
} {
  return (
    BY_STATUS[status] ?? {
      code: status >= 500 ? 'SERVER_ERROR' : 'REFUSED',
      exitCode: ExitCode.failed,
    }
  );
}
