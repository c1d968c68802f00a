import type { ConsumerRules } from './callersFile';

/** What a caller shows, whatever the transport: HTTP headers or gRPC metadata, and the peer of the connection. */
export interface CallerCredentials {
  /** By lower-case name. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** URI names of the verified client certificate; empty when there is none. */
  certificateUris: readonly string[];
  /** The client certificate as it came (DER), whoever signed it; the connection proved that the caller has its key. */
  certificate?: Buffer;
}

/** Somebody who calls, known by name. */
export interface Consumer {
  name: string;
  rules: ConsumerRules;
}

/**
 * Finds out who calls. Keys and client certificates are ways to do it; tokens
 * of service accounts can be another.
 */
export interface CallerAuthenticator {
  /** How to show who one is, as part of a sentence; for people who did not. */
  readonly how: string;
  /**
   * The consumer; undefined when the caller shows nothing of this kind.
   * Throws a {@link GatewayError} with 401 when it shows something that is not valid.
   */
  authenticate(
    credentials: CallerCredentials,
  ): Promise<Consumer | undefined> | Consumer | undefined;
}
