import type {
  CallerAuthenticator,
  CallerCredentials,
  Consumer,
} from './CallerAuthenticator';
import type { CallersFile } from './callersFile';
import { unauthenticated } from './KeyAuthenticator';

/** Knows consumers by the URI name (SPIFFE ID) of a client certificate that TLS has verified. */
export class CertificateAuthenticator implements CallerAuthenticator {
  readonly how = 'a client certificate';
  readonly #consumers = new Map<string, Consumer>();

  constructor({ consumers }: CallersFile) {
    for (const rules of consumers) {
      for (const uri of rules.certificates) {
        this.#consumers.set(uri, { name: rules.name, rules });
      }
    }
  }

  authenticate({ certificateUris }: CallerCredentials): Consumer | undefined {
    if (!certificateUris.length) return undefined;
    for (const uri of certificateUris) {
      const consumer = this.#consumers.get(uri);
      if (consumer) return consumer;
    }
    throw unauthenticated(
      `no consumer has the client certificate of ${certificateUris
        .join(', ')
        .slice(0, 300)}`,
    );
  }
}
