/**
 * `code` of an error that is a rule's answer and no clash with the state of
 * things: trying again helps only when what the rule asks for is there.
 * @public
 */
export const REFUSAL_CODES = [
  'GATE_REFUSED',
  'APPROVAL_REQUIRED',
  'QUOTA_EXCEEDED',
  'FROZEN',
] as const;

/** @public */
export type RefusalCode = (typeof REFUSAL_CODES)[number];
