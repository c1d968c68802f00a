/** Ends a release as failed; the message is shown to people. */
export class ReleaseFailure extends Error {
  override readonly name = 'ReleaseFailure';
}
