import { readExamples } from './examples.mjs';
import { FriendlyError } from './FriendlyError.mjs';
import { readJson } from './http.mjs';
import { runMl } from './ml.mjs';
import { engineerOf, tokenOf } from './signIn/people.mjs';
import { done, duration, say } from './terminal.mjs';

/**
 * Registers the example models and deploys them where they are not deployed
 * yet, with the command that users have, as engineers of the teams that own
 * them. Done again, it changes nothing.
 */
export async function seedExamples({ toolchain, dataDir, ports, signal }) {
  const api = `http://127.0.0.1:${ports.portal}/api/ml/v1`;
  const ml = async (token, ...args) => {
    const result = await runMl({
      node: toolchain.node,
      env: { ...toolchain.env, ML_TOKEN: token },
      ...{ dataDir, signal, args },
    });
    if (result.code !== 0) {
      throw new FriendlyError(
        `ml ${args.join(' ')}: failed (exit code ${result.code})`,
        { details: (result.stderr || result.stdout).trim() },
      );
    }
  };

  const seed = async example => {
    const person = engineerOf(example.owner);
    const token = await tokenOf({ person, ports, signal });
    const { items } = await readJson(
      `${api}/deployments?model=${example.name}`,
      { headers: { authorization: `Bearer ${token}` } },
    ).catch(() => ({ items: [] }));
    const live = new Set(
      items.filter(item => item.version).map(item => item.environment),
    );
    const wanted = ['staging', 'production'].filter(env => !live.has(env));
    if (!wanted.length) return;

    const started = Date.now();
    const target = `${example.name}@${example.version}`;
    say(`  Register ${example.directory} and deploy ${target} …`);
    await ml(token, 'register', example.directory);
    for (const environment of wanted) {
      await ml(
        token,
        'deploy',
        target,
        '--env',
        environment,
        '--reason',
        'Example model of a first start',
      );
    }
    done(
      `${target} is live in ${wanted.join(' and ')} (${duration(
        Date.now() - started,
      )})`,
    );
  };
  // At once: most of the time, each waits for the platform.
  await Promise.all(readExamples().map(seed));
}
