import type { Platform } from './Platform';

/** Reads an entity as a guest would who signs in to the portal. */
export async function readEntity(
  platform: Platform,
  reference: { kind: string; name: string },
): Promise<any | undefined> {
  const signIn = await fetch(`${platform.url}/api/auth/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  const { backstageIdentity } = (await signIn.json()) as any;
  const response = await fetch(
    `${platform.url}/api/catalog/entities/by-name/${reference.kind}/default/${reference.name}`,
    { headers: { authorization: `Bearer ${backstageIdentity.token}` } },
  );
  return response.ok ? response.json() : undefined;
}
