/**
 * A row that does not fit; its message never repeats a value.
 * @public
 */
export class RowError extends Error {}
