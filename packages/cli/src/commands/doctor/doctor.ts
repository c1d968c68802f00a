import type { PlatformInfo } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import {
  authorizedFetch,
  registryUrl,
  toUnreachable,
} from '@ml-platform/packaging';
import type { Connection } from '../../connection/findConnection';
import { CliError } from '../../errors/CliError';
import { ExitCode, type ExitStatus } from '../../errors/ExitCode';
import { toCliError } from '../../errors/toCliError';
import { type Finding, printFindings } from '../../output/printFindings';

const TIMEOUT = 5_000;

interface DoctorFinding extends Finding {
  exitCode: ExitStatus;
}

/** `ml doctor` */
export async function doctor(context: CommandContext): Promise<void> {
  const { output } = context;
  const findings: DoctorFinding[] = [];
  const check = async <T>(
    name: string,
    probe: () => Promise<{ message: string; value: T }>,
  ): Promise<T | undefined> => {
    try {
      const { message, value } = await probe();
      findings.push({
        check: name,
        ok: true,
        message,
        exitCode: ExitCode.ok,
      });
      return value;
    } catch (error) {
      const { message, hint, exitCode } = toCliError(error);
      findings.push({ check: name, ok: false, message, hint, exitCode });
      return undefined;
    }
  };

  const connected = await check('configuration', async () => {
    const value = await context.connect();
    const { url, source } = value.connection;
    return { value, message: `${url}, from ${source}` };
  });
  const info =
    connected &&
    (await check('portal and token', async () => {
      const value = await connected.client.info();
      return {
        value,
        message: `version ${value.version}, as ${value.identity}`,
      };
    }));
  if (connected && info) await checkServices(connected.connection, info, check);

  await printFindings(
    output,
    findings.map(({ exitCode: _exitCode, ...finding }) => finding),
  );
  const failed = findings.find(finding => !finding.ok);
  if (failed) {
    throw new CliError({
      code: 'UNHEALTHY',
      exitCode: failed.exitCode,
      message: `${failed.check}: ${failed.message}`,
      hint: failed.hint,
    });
  }
}

async function checkServices(
  connection: Connection,
  info: PlatformInfo,
  check: (
    name: string,
    probe: () => Promise<{ message: string; value: undefined }>,
  ) => Promise<unknown>,
) {
  const registry = registryUrl(connection, info);
  await check('registry', async () => {
    const response = await authorizedFetch(connection)(`${registry}/v2/`);
    expectOk(response, `The registry at ${registry}`);
    return { message: `${registry}/v2/`, value: undefined };
  });
  for (const [environment, url] of Object.entries(info.gateways)) {
    await check(`${environment} gateway`, async () => {
      const response = await fetch(`${url}/v2/health/live`, {
        signal: AbortSignal.timeout(TIMEOUT),
      }).catch(error => {
        throw toUnreachable(`the ${environment} gateway`, url, error);
      });
      expectOk(response, `The ${environment} gateway at ${url}`);
      return { message: url, value: undefined };
    });
  }
}

function expectOk(response: Response, what: string) {
  if (response.ok) return;
  throw new CliError({
    code: 'UNHEALTHY',
    message: `${what} answered ${response.status}`,
    hint: 'Its log is in .ml/logs/ of the platform.',
  });
}
