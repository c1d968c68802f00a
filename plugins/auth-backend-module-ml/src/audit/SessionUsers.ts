/** Whose a session is: a sign-out comes with a token that does not say it. */
export interface SessionUsers {
  /** @param session - as `sessionName` gives it */
  remember(session: string, user: string): Promise<void>;
  find(session: string): Promise<string | undefined>;
  forget(session: string): Promise<void>;
}
