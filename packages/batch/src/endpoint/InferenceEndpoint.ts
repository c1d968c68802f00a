import type { ModelInterface } from '@ml-platform/plugin-ml-common';
import { modelInterfaceSchema } from '@ml-platform/plugin-ml-common';
import { ExitCode, ToolError, toUnreachable } from '@ml-platform/packaging';
import { parseExactJson } from '@ml-platform/datasets';

/** The gateway itself gives up after 60 s. */
const TIMEOUT = 75_000;

export interface OutputTensor {
  name: string;
  data: unknown[];
}

/** What came of a request. */
export type Answer =
  | { outcome: 'answered'; outputs: OutputTensor[] }
  /** The request is at fault, or the model fails on it. */
  | { outcome: 'refused'; reason: string }
  | { outcome: 'tooLarge'; reason: string }
  /** It may work later. */
  | { outcome: 'busy'; reason: string; retryAfter?: number };

/** What is served where a run sends its rows. */
export interface ServedInterface extends ModelInterface {
  version: string;
}

/** One model behind a gateway, over REST. */
export class InferenceEndpoint {
  constructor(
    readonly gateway: string,
    readonly model: string,
    readonly options: {
      headers?: Record<string, string>;
      /** Names all requests of a run in the logs. */
      requestId?: string;
      /** What requests are sent with; the ordinary `fetch` when absent. */
      fetch?: typeof fetch;
    } = {},
  ) {}

  #fetch(url: string, init: RequestInit): Promise<Response> {
    return (this.options.fetch ?? fetch)(url, init);
  }

  /** The interface, and the exact version that has it. */
  async describe(pin: string | undefined): Promise<ServedInterface> {
    const url = `${this.gateway}/v2/models/${this.#path(pin)}`;
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(url, this.#init());
      text = await response.text();
    } catch (error) {
      throw toUnreachable('the gateway', this.gateway, error);
    }
    if (!response.ok) throw this.#failure(response, text);
    const version = response.headers.get('x-ml-version') ?? pin;
    const { data, success } = modelInterfaceSchema.safeParse(
      pick(parseExactJson(text)),
    );
    if (!version?.includes('.') || !success) {
      throw new ToolError({
        code: 'NOT_SERVED',
        message: `${url} does not say which version is live, or what its inputs and outputs are`,
        hint: `Name the version: ${this.model}@1.0.0`,
      });
    }
    return { ...data, version };
  }

  /** Sends a request to an exact version. */
  async infer(version: string, body: string): Promise<Answer> {
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(
        `${this.gateway}/v2/models/${this.#path(version)}/infer`,
        { ...this.#init(), method: 'POST', body },
      );
      text = await response.text();
    } catch (error) {
      const { message } = toUnreachable('the gateway', this.gateway, error);
      return { outcome: 'busy', reason: message };
    }
    const { status } = response;
    if (status === 200) {
      this.#checkVersion(response, version);
      return { outcome: 'answered', outputs: outputsOf(text) };
    }
    const reason = `the server answered ${status}: ${messageOf(text)}`;
    if (status === 413) return { outcome: 'tooLarge', reason };
    if ([400, 422, 500].includes(status)) return { outcome: 'refused', reason };
    if ([408, 425, 429, 502, 503, 504].includes(status)) {
      const seconds = Number(response.headers.get('retry-after'));
      const retryAfter = seconds > 0 ? seconds * 1000 : undefined;
      return { outcome: 'busy', reason, retryAfter };
    }
    throw this.#failure(response, text);
  }

  #init(): RequestInit {
    return {
      headers: {
        'content-type': 'application/json',
        ...(this.options.requestId && {
          'x-request-id': this.options.requestId,
        }),
        ...this.options.headers,
      },
      signal: AbortSignal.timeout(TIMEOUT),
    };
  }

  #path(pin: string | undefined): string {
    return pin ? `${this.model}/versions/${pin}` : this.model;
  }

  #checkVersion({ headers }: Response, version: string) {
    const actual = headers.get('x-ml-version') ?? version;
    if (actual === version) return;
    throw new ToolError({
      code: 'OTHER_VERSION',
      message: `${this.model}@${version} was asked, and ${actual} answered`,
    });
  }

  #failure({ status, headers }: Response, text: string): ToolError {
    const isMissing = status === 404;
    const isForbidden = status === 401 || status === 403;
    let exitCode: 1 | 3 | 4 = ExitCode.failed;
    if (isMissing) exitCode = ExitCode.notFound;
    if (isForbidden) exitCode = ExitCode.auth;
    return new ToolError({
      code: isMissing ? 'NOT_SERVED' : 'PREDICTION_FAILED',
      exitCode,
      message: `The gateway answered ${status}: ${messageOf(text)}`,
      hint: isMissing ? 'What is live where: ml status' : undefined,
      requestId: headers.get('x-request-id') ?? this.options.requestId,
    });
  }
}

function pick(value: unknown) {
  const { inputs, outputs } = (value ?? {}) as Record<string, unknown>;
  return { inputs, outputs };
}

function outputsOf(text: string): OutputTensor[] {
  const { outputs } = parseExactJson(text) as {
    outputs: Array<{ name: string; data: unknown[] }>;
  };
  return outputs.map(({ name, data }) => ({ name, data: data.flat(Infinity) }));
}

function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text);
    return typeof error === 'string' ? error : error.message;
  } catch {
    return text.slice(0, 500) || 'no message';
  }
}
