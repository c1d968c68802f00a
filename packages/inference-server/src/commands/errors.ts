/** A command that was written wrongly. */
export class UsageError extends Error {}

/** A command that did not succeed; the message is for people. */
export class CommandError extends Error {}
