/**
 * The bytes that a DSSE signature is made of: type and payload with their
 * lengths, so that neither can be taken for a part of the other.
 *
 * Source: https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md
 * @public
 */
export function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}
