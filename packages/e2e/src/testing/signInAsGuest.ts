import type { Platform } from './Platform';

/** The token of a guest who signs in to the portal. */
export async function signInAsGuest(platform: Platform): Promise<string> {
  const signIn = await fetch(`${platform.url}/api/auth/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  const { backstageIdentity } = (await signIn.json()) as any;
  return backstageIdentity.token;
}
