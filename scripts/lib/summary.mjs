import { existsSync } from 'node:fs';
import path from 'node:path';
import { readExamples } from './examples.mjs';
import { display, root } from './paths.mjs';
import { bold, dim, duration, say } from './terminal.mjs';

/** What somebody who sees the platform for the first time needs to know. */
export function printSummary({ ports, dataDir, startedAt, seeded, identity }) {
  const examples = readExamples().filter(({ directory }) =>
    existsSync(path.join(root, directory, 'samples/request.json')),
  );
  const example = examples.find(hasNextVersion) ?? examples[0];
  say();
  say(bold(`ML Platform is ready (${duration(Date.now() - startedAt)})`));
  say();
  say(`  Portal      ${bold(`http://localhost:${ports.portal}`)}`);
  say(
    `  Production  http://localhost:${ports.production}, gRPC at localhost:${ports.productionGrpc}`,
  );
  say(
    `  Staging     http://localhost:${ports.staging}, gRPC at localhost:${ports.stagingGrpc}`,
  );
  say('  Sign in     as any of the example people: it asks who you are');
  say(
    `  Terminal    ml is signed in as ${identity} ${dim(
      '(npx ml login changes that)',
    )}`,
  );
  say(`  Data        ${display(dataDir)} ${dim('(npm run reset wipes it)')}`);
  if (seeded && example) {
    say();
    say('  A prediction from production:');
    say();
    say(`    ${curl({ ports, example })}`);
  }
  say();
  say('  Try next, in another terminal:');
  say();
  for (const command of nextCommands(example)) say(`    ${command}`);
  say();
  say(dim('  Ctrl-C stops everything.'));
  say();
}

function curl({ ports, example }) {
  return (
    `curl -s http://localhost:${ports.production}/v2/models/${example.name}/infer ` +
    `-H 'content-type: application/json' -d @${example.directory}/samples/request.json`
  );
}

function hasNextVersion({ directory }) {
  return existsSync(path.join(root, `${directory}-next`, 'model.yaml'));
}

function nextCommands(example) {
  if (!example || !hasNextVersion(example)) {
    return ['npx ml status', 'npx ml models list', 'npx ml --help'];
  }
  return [
    'npx ml status',
    `npx ml register ${example.directory}-next`,
    `npx ml deploy ${example.name}@1.1.0 --env staging`,
  ];
}
