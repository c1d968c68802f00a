/** Why a token or a certificate is not believed. @public */
export type IdentityProblem =
  | 'malformed'
  | 'forged'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-audience'
  | 'wrong-issuer'
  | 'wrong-name';

/** Something that was shown is not believed; the message is for people. @public */
export class IdentityError extends Error {
  readonly problem: IdentityProblem;

  constructor(problem: IdentityProblem, message: string) {
    super(message);
    this.name = 'IdentityError';
    this.problem = problem;
  }
}
