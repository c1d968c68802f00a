/** How long a caller may take to send all of a request, or make no progress with its answer. */
export const CALLER_MS = 60_000;
/** For all bodies and answers that callers are slow with. */
export const MEMORY_BYTES = 256 * 1024 * 1024;
