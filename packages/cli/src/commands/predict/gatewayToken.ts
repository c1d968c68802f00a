/**
 * The token that is shown to a gateway: one of a service account, which was made
 * for it. That of a person is for the portal alone, and never leaves for elsewhere.
 */
export function gatewayToken(token: string): string | undefined {
  const [head, ...rest] = token.split('.');
  if (rest.length !== 2) return undefined;
  try {
    const { typ } = JSON.parse(Buffer.from(head, 'base64url').toString());
    return typ === 'ml-sa+jwt' ? token : undefined;
  } catch {
    return undefined;
  }
}
