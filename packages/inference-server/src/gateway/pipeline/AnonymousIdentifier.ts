import type { InferenceCall } from './InferenceCall';
import type { Caller, Identifier } from './steps';

/** Lets everybody in; callers are told apart by their address. */
export class AnonymousIdentifier implements Identifier {
  identify({ remoteAddress }: InferenceCall): Caller {
    return { client: remoteAddress };
  }
}
