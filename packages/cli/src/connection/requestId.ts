import { randomUUID } from 'node:crypto';

/** Names everything that this run of `ml` asks for, in the portal's logs and audit. */
export const REQUEST_ID: string = randomUUID();
