import type { Platform } from './Platform';
import { signInAs } from './signInAs';

/** Reads an entity as a platform admin would who signs in to the portal. */
export async function readEntity(
  platform: Platform,
  reference: { kind: string; name: string },
): Promise<any | undefined> {
  const token = await signInAs(platform, 'olga');
  const response = await fetch(
    `${platform.url}/api/catalog/entities/by-name/${reference.kind}/default/${reference.name}`,
    { headers: { authorization: `Bearer ${token}` } },
  );
  return response.ok ? response.json() : undefined;
}
