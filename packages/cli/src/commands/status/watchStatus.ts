import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { OUTPUT_API_VERSION } from '../../output/Output';
import { renderTable, widthOf } from '../../output/renderTable';
import { deploymentColumns } from './deploymentColumns';

const INTERVAL = 1_000;

/** Shows deployments until Ctrl-C: redrawn on a terminal, each change as a line elsewhere. */
export async function watchStatus(
  context: CommandContext,
  read: () => Promise<Deployment[]>,
): Promise<never> {
  const { output } = context;
  const redraw = output.isStdoutTty && output.format === 'table';
  context.onInterrupt(() => 'Stopped watching.');
  const known = new Map<string, string>();
  let drawn = 0;
  let problem = '';
  for (;;) {
    let items: Deployment[] | undefined;
    try {
      items = await read();
      if (problem) output.info('The portal answers again.');
      problem = '';
    } catch (error) {
      // The portal may restart while it is watched; everything else ends the watch.
      if (!(error instanceof CliError) || error.code !== 'UNREACHABLE')
        throw error;
      if (!problem) output.warn(`${error.message}; what is shown may be old.`);
      problem = error.message;
    }
    if (items && redraw) drawn = draw(context, items, drawn);
    if (items && !redraw) printChanges(context, items, known);
    await sleep(INTERVAL);
  }
}

function draw(
  { output }: CommandContext,
  items: Deployment[],
  drawn: number,
): number {
  const columns = deploymentColumns(output);
  const lines = renderTable(
    columns.map(column => output.paint('dim', column.header)),
    items.map(item => columns.map(column => column.cell(item))),
  ).split('\n');
  const columnCount = process.stdout.columns || 80;
  const up = drawn ? `\u001b[${drawn}A` : '';
  output.write(`${up}\u001b[J${lines.join('\n')}`);
  // A line that is wider than the terminal takes up several.
  return lines.reduce(
    (rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / columnCount)),
    0,
  );
}

function printChanges(
  { output }: CommandContext,
  items: Deployment[],
  known: Map<string, string>,
) {
  for (const item of items) {
    const key = `${item.model}/${item.environment}`;
    const { activeRelease: release } = item;
    const line = [
      key,
      item.version ?? '-',
      item.health,
      ...(release
        ? [
            `#${release.number} ${release.kind} ${release.version}: ${release.state}`,
          ]
        : []),
    ].join('  ');
    if (known.get(key) === line) continue;
    known.set(key, line);
    output.write(
      output.format === 'json'
        ? JSON.stringify({
            apiVersion: OUTPUT_API_VERSION,
            kind: 'Deployment',
            data: item,
          })
        : `${new Date().toISOString()}  ${line}`,
    );
  }
}
