import path from 'node:path';
import { FriendlyError } from '../FriendlyError.mjs';
import { runMl } from '../ml.mjs';
import { until } from '../processes.mjs';
import { root } from '../paths.mjs';
import { HeadlessBrowser } from './HeadlessBrowser.mjs';

const KNOWN_MS = 60_000;

/** Who acts for a team when the examples are registered. */
const ENGINEERS = { 'quality-team': 'mei', 'health-team': 'hana' };

/** As whom the `ml` command of this platform is signed in. */
export function ownPerson(env = process.env) {
  return env.ML_PERSON || 'mei';
}

/** An engineer of the team that owns a model. */
export function engineerOf(owner) {
  const team = owner.replace(/^group:(default\/)?/, '');
  const person = ENGINEERS[team];
  if (!person) throw new FriendlyError(`Nobody is known in ${owner}`);
  return person;
}

/** A token of somebody; waits until the catalog has read who there is. */
export async function tokenOf({ person, ports, signal }) {
  const portal = `http://localhost:${ports.portal}`;
  let failure;
  let token;
  await until(
    async () => {
      signal?.throwIfAborted();
      try {
        const browser = new HeadlessBrowser({ portal, person });
        const { backstageIdentity } = await browser.signIn();
        token = backstageIdentity.token;
        return true;
      } catch (error) {
        failure = error;
        return false;
      }
    },
    KNOWN_MS,
    500,
  );
  if (!token) throw failure;
  return token;
}

/** Signs the `ml` command in where it is not, the way a person does: by `ml login`. */
export async function signInCommand({ toolchain, dataDir, ports, signal }) {
  const run = (args, env = {}) =>
    runMl({
      node: toolchain.node,
      env: { ...toolchain.env, ...env },
      ...{ dataDir, signal, args },
    });
  const before = await run(['whoami', '-o', 'name']);
  if (before.code === 0) return before.stdout.trim();
  const person = ownPerson();
  // The catalog must know who signs in.
  await tokenOf({ person, ports, signal });
  const login = await run(['login'], {
    BROWSER: path.join(root, 'scripts/signIn.mjs'),
    ML_PERSON: person,
  });
  const after = login.code === 0 ? await run(['whoami', '-o', 'name']) : login;
  if (after.code !== 0) {
    throw new FriendlyError(`ml login: failed (exit code ${after.code})`, {
      details: after.stderr.trim(),
    });
  }
  return after.stdout.trim();
}
