import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A new secret, in the form of Standard Webhooks. */
export function generateSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/** The headers by which a receiver knows who sent what, as Standard Webhooks has them. */
export function signatureHeaders(options: {
  id: string;
  body: string;
  secret: string;
  at: Date;
}): Record<string, string> {
  const timestamp = String(Math.floor(options.at.getTime() / 1000));
  const key = Buffer.from(options.secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key)
    .update(`${options.id}.${timestamp}.${options.body}`)
    .digest('base64');
  return {
    'webhook-id': options.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
