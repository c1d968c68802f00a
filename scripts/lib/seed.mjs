import { readExamples } from './examples.mjs';
import { FriendlyError } from './FriendlyError.mjs';
import { readJson } from './http.mjs';
import { runMl } from './ml.mjs';
import { done, duration, say } from './terminal.mjs';

/**
 * Registers the example models and deploys them where they are not deployed
 * yet, with the command that users have. Done again, it changes nothing.
 */
export async function seedExamples({
  toolchain,
  dataDir,
  ports,
  secrets,
  signal,
}) {
  const api = `http://127.0.0.1:${ports.portal}/api/ml/v1`;
  const headers = { authorization: `Bearer ${secrets.ML_CLI_TOKEN}` };
  const ml = async (...args) => {
    const result = await runMl({
      ...{ node: toolchain.node, env: toolchain.env, dataDir, signal },
      args,
    });
    if (result.code !== 0) {
      throw new FriendlyError(
        `ml ${args.join(' ')}: failed (exit code ${result.code})`,
        { details: (result.stderr || result.stdout).trim() },
      );
    }
  };

  for (const example of readExamples()) {
    const { items } = await readJson(
      `${api}/deployments?model=${example.name}`,
      { headers },
    ).catch(() => ({ items: [] }));
    const live = new Set(
      items.filter(item => item.version).map(item => item.environment),
    );
    const wanted = ['staging', 'production'].filter(env => !live.has(env));
    if (!wanted.length) continue;

    const started = Date.now();
    const target = `${example.name}@${example.version}`;
    say(`  Register ${example.directory} and deploy ${target} …`);
    await ml('register', example.directory);
    for (const environment of wanted) {
      await ml(
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
  }
}
