/**
 * Why the last sign-in failed, as the backend has put it into the address of
 * the page. Taken out of it, since the same address is used for the next try.
 */
export function takeSignInError(): string | undefined {
  const address = new URL(window.location.href);
  const error = address.searchParams.get('error') ?? undefined;
  if (error !== undefined) {
    address.searchParams.delete('error');
    window.history.replaceState(window.history.state, '', address);
  }
  return error;
}
