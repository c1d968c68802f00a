import { join } from 'node:path';
import type { Platform } from './Platform';
import { expectSuccess, repository, run } from './run';

/** The token of one of the example people, who signs in to the portal for it. */
export async function signInAs(
  platform: Platform,
  person: string,
): Promise<string> {
  const script = join(repository, 'scripts/signIn.mjs');
  const outcome = await run(process.execPath, [script, person], {
    env: platform.env,
  });
  return expectSuccess(outcome).stdout.trim();
}
