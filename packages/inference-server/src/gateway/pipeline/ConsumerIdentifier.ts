import type { Callers } from '../../callers/Callers';
import type { InferenceCall } from './InferenceCall';
import type { Caller, Identifier } from './steps';

/** Knows consumers by what they show, and tells the others apart by their address. */
export class ConsumerIdentifier implements Identifier {
  readonly #callers: Pick<Callers, 'gate' | 'proxies'>;

  constructor(callers: Pick<Callers, 'gate' | 'proxies'>) {
    this.#callers = callers;
  }

  async identify(call: InferenceCall): Promise<Caller> {
    const { gate, proxies } = this.#callers;
    const { certificate, certificateUris = [], headers } = call;
    const consumer = await gate.identify({
      certificate,
      certificateUris,
      headers,
    });
    if (!consumer) {
      const { 'x-forwarded-for': forwarded } = headers;
      const hops = Array.isArray(forwarded) ? forwarded.join() : forwarded;
      return { client: proxies.clientAddress(call.remoteAddress, hops) };
    }
    return {
      client: `consumer ${consumer.name}`,
      consumer: consumer.name,
      enter: () => {
        gate.check(consumer, call);
        return gate.enter(consumer);
      },
    };
  }
}
