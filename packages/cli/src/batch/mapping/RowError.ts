/** Why a row is rejected; never repeats a value, which may be personal data. */
export class RowError extends Error {}
