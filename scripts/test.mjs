// `npm test [-- --only jest,e2e]`: every check and test, on a fresh machine.
// Run by Yarn (`yarn test [args]`), it does what it does in any Backstage repository.
import { main } from './lib/main.mjs';
import { calledByYarn, handOver } from './lib/backstage.mjs';

main(async () => {
  if (calledByYarn()) return handOver(['repo', 'test']);
  const { runTests } = await import('./lib/testing/runTests.mjs');
  return runTests({ only: readOnly(process.argv.slice(2)) });
});

function readOnly(args) {
  const index = args.findIndex(arg => /^--only(=|$)/.test(arg));
  if (index < 0) return undefined;
  const value = args[index].split('=')[1] ?? args[index + 1] ?? '';
  return value.split(',').filter(Boolean);
}
