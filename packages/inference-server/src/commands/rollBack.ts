import {
  type EmergencyAnswer,
  type Environment,
  ENVIRONMENTS,
} from '@ml-platform/plugin-ml-common';
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { CommandError, UsageError } from './errors';

const USAGE =
  'ml-inference-server rollback <model> --env <staging|production> [--to <version>] [--reason <text>]';
const TIMEOUT_MS = 30_000;

interface Request {
  model: string;
  environment: Environment;
  version: string | undefined;
  reason: string | undefined;
}

/**
 * `ml-inference-server rollback`: asks the server on this machine to go back to
 * the last good version, for when the portal is down.
 */
export async function rollBack(words: readonly string[]): Promise<void> {
  const { environment, model, reason, version } = readWords(words);
  const { answer, problem } = await ask(
    `/environments/${environment}/models/${encodeURIComponent(model)}/rollback`,
    {
      id: randomUUID(),
      version,
      cause: `Emergency rollback by ${userInfo().username} on the server${
        reason ? `: ${reason}` : ''
      }`,
    },
  );
  if (!answer) throw new CommandError(problem!);
  const { from, rollout, to } = answer;
  process.stdout.write(
    `${model} in ${environment}: ${
      rollout ? 'rollout aborted, back' : 'rolled back'
    } from ${from} to ${to}\n`,
  );
}

function readWords(words: readonly string[]): Request {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        env: { type: 'string' },
        to: { type: 'string' },
        reason: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; write ${USAGE}`);
  }
  const { positionals, values } = parsed;
  const environment = ENVIRONMENTS.find(each => each === values.env);
  if (positionals.length !== 1 || !environment) {
    throw new UsageError(`write ${USAGE}`);
  }
  const [model] = positionals;
  return { model, environment, version: values.to, reason: values.reason };
}

async function ask(
  path: string,
  body: unknown,
): Promise<{ answer?: EmergencyAnswer; problem?: string }> {
  const { ML_CONTROL_HOST, ML_CONTROL_PORT, ML_CONTROL_TOKEN } = process.env;
  if (!ML_CONTROL_TOKEN) {
    throw new UsageError(
      'ML_CONTROL_TOKEN: is missing; set it, and ML_CONTROL_PORT, as for the server',
    );
  }
  const host = ML_CONTROL_HOST || '127.0.0.1';
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${
    ML_CONTROL_PORT || 7010
  }`;
  let response: Response;
  try {
    response = await fetch(`${url}/control/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ML_CONTROL_TOKEN}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: Error };
    return {
      problem: `the inference server at ${url} does not answer: ${
        cause?.message || message
      }`,
    };
  }
  const text = await response.text();
  if (response.ok) return { answer: JSON.parse(text) as EmergencyAnswer };
  return { problem: JSON.parse(text).error.message };
}
