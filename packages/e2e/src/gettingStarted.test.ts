import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Platform } from './testing/Platform';
import { expectSuccess, repository, run } from './testing/run';

const tutorial = readFileSync(
  join(repository, 'docs/tutorials/getting-started.md'),
  'utf8',
);

/** The blocks of commands that are marked `<!-- tested -->`, in their order. */
const blocks = [
  ...tutorial.matchAll(/^<!-- tested -->\n+```bash\n([\s\S]*?)\n```$/gm),
].map(match => match[1]);

describe('the commands of "Getting started", in their order', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start();
  }, 300_000);

  afterAll(() => platform?.dispose());

  it('are marked as tested', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(5);
  });

  it.each(blocks)('%s', async block => {
    const { production, staging, portal } = platform.ports;
    // The tutorial has the platform to itself; here it has other ports.
    const command = block
      .replaceAll('localhost:7007', `localhost:${portal}`)
      .replaceAll('localhost:7008', `localhost:${production}`)
      .replaceAll('localhost:7009', `localhost:${staging}`)
      // A reader confirms on the terminal, which a test does not have.
      .replace(/^npx ml rollback .*$/m, '$& --yes');
    const outcome = await run('sh', ['-e', '-c', command], {
      env: platform.env,
    });
    expectSuccess(outcome);
    expect(outcome.stdout).toMatch(
      command.startsWith('curl') ? /"outputs":/ : /./,
    );
  });
});
