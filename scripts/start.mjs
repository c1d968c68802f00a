// `npm start`: from a fresh clone to a running platform with two models.
// Run by Yarn (`yarn start`), it does what it does in any Backstage repository.
// Nothing here may be too new for an old Node, which gets one clear line.
const major = Number(process.versions.node.split('.')[0]);

if (major < 20) {
  console.error(
    `ML Platform needs Node 20 or newer to start; this is Node ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org and try again.',
  );
  process.exitCode = 1;
} else if (process.platform === 'win32') {
  console.error(
    'ML Platform runs on Linux and macOS. On Windows, clone and start it inside WSL: ' +
      'https://learn.microsoft.com/windows/wsl/install',
  );
  process.exitCode = 1;
} else {
  import('./lib/main.mjs').then(({ main }) =>
    main(async () => {
      const { calledByYarn } = await import('./lib/backstage.mjs');
      if (calledByYarn()) {
        const { startDevelopment } = await import('./lib/development.mjs');
        return startDevelopment();
      }
      const { startPlatform } = await import('./lib/platform.mjs');
      return startPlatform();
    }),
  );
}
