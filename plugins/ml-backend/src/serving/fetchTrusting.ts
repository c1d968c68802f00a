import { rootCertificates } from 'node:tls';
import { Agent, fetch as fetchWith } from 'undici';

/**
 * `fetch` that believes an authority of one's own (PEM) besides the usual ones;
 * the ordinary one when none is given.
 */
export function fetchTrusting(ca: string | undefined): typeof fetch {
  if (ca === undefined) return (input, init) => fetch(input, init);
  const dispatcher = new Agent({ connect: { ca: [...rootCertificates, ca] } });
  const trusting = (input: string, init: object) =>
    fetchWith(input, { ...init, dispatcher });
  return trusting as unknown as typeof fetch;
}
