import { LiveFiles } from '../config/LiveFiles';
import { isLoopback } from '../config/isLoopback';
import type { Logger } from '../log/Logger';
import type { CallerAuthenticator } from './CallerAuthenticator';
import { CallerGate, type CallerPolicy, OPEN_POLICY } from './CallerGate';
import { type CallersFile, parseCallers } from './callersFile';
import { CertificateAuthenticator } from './CertificateAuthenticator';
import { TrustedProxies } from './clientAddress';
import { KeyAuthenticator } from './KeyAuthenticator';

/** @public */
export interface CallersOptions {
  /** Path of the file of consumers; without it everybody is served, which loopback alone may do. */
  file?: string;
  /** Addresses and ranges of proxies whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
}

/** Callers could not be told apart where they have to be; the message is for people. */
export class CallersError extends Error {}

interface Policy extends CallerPolicy {
  warning?: string;
}

/** Who may call this server, from its configuration. */
export class Callers {
  static open(
    options: CallersOptions & {
      host: string;
      logger: Logger;
      /** Asked before the file. */
      first?: readonly CallerAuthenticator[];
    },
  ): Callers {
    const { file, first, host, logger } = options;
    const proxies = new TrustedProxies(options.trustedProxies ?? []);
    if (!file) {
      if (!isLoopback(host)) {
        throw new CallersError(
          `the gateways on ${host} can be reached from outside, so they have to know who calls: set ML_CALLERS_FILE to a file of consumers, or ML_HOST to a loopback address`,
        );
      }
      return new Callers(new CallerGate(() => OPEN_POLICY, first), proxies);
    }
    let files: LiveFiles<Policy>;
    try {
      files = LiveFiles.open({
        what: 'the file of consumers',
        paths: [file],
        parse: ([text]) => policyOf(parseCallers(text.toString('utf8')), host),
        logger,
      });
      files.onChange(({ warning }) => warning && logger.warn(warning));
    } catch (error) {
      throw new CallersError((error as Error).message);
    }
    return new Callers(
      new CallerGate(() => files.value, first),
      proxies,
      files,
    );
  }

  readonly gate: CallerGate;
  readonly proxies: TrustedProxies;
  readonly #files: LiveFiles<Policy> | undefined;

  private constructor(
    gate: CallerGate,
    proxies: TrustedProxies,
    files?: LiveFiles<Policy>,
  ) {
    this.gate = gate;
    this.proxies = proxies;
    this.#files = files;
  }

  /** What operators should know of who may call, for the start. */
  get warning(): string | undefined {
    return this.#files
      ? this.#files.value.warning
      : 'Everybody on this machine may call every model: there is no file of consumers (ML_CALLERS_FILE)';
  }

  /** Why a change of the file is not in use. */
  get problem(): string | undefined {
    return this.#files?.problem;
  }

  close(): void {
    this.#files?.close();
  }
}

function policyOf(callers: CallersFile, host: string): Policy {
  const anonymous = callers.anonymous && isLoopback(host);
  let warning: string | undefined;
  if (anonymous) {
    warning = 'Everybody on this machine may call every model without a key';
  } else if (callers.anonymous) {
    warning = `Callers without a key are refused although the file of consumers says anonymous: ${host} can be reached from outside`;
  }
  return {
    ...{ anonymous, warning },
    authenticators: [
      new KeyAuthenticator(callers),
      new CertificateAuthenticator(callers),
    ],
  };
}
