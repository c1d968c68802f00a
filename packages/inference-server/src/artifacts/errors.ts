/** What was pulled is not what was asked for, or cannot be had: trying again would not help. */
export class PullRefusedError extends Error {}
