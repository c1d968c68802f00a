// Loaded before `ml` by tests of what it shows on a terminal.
for (const stream of [process.stdout, process.stderr]) {
  Object.assign(stream, { isTTY: true, columns: 80, rows: 24 });
}
