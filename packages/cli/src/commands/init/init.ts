import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandContext } from '../../CommandContext';
import { plural } from '../../output/format';
import { validatePackage } from '@ml-platform/packaging';
import { quote } from '../register/quoteCommand';
import { askOwner } from './askOwner';
import { cardDocument } from './cardDocument';
import type { InitOptions } from './command';
import { findOrigin, type Origin } from './findOrigin';
import { modelDocument } from './modelDocument';
import { expectAbsent, placeOf } from './places';
import { propose } from './propose';
import { sampleDocument } from './sampleDocument';
import { suiteDocument } from './suiteDocument';
import { writeFiles } from './writeFiles';

const SAMPLE = 'samples/request.json';
const GITIGNORE = '.ml-package/\n.venv/\nvenv/\n__pycache__/\n';

/** `ml init` */
export async function init(
  context: CommandContext,
  source: string | undefined,
  directoryArgument: string | undefined,
  options: InitOptions,
): Promise<void> {
  const { output } = context;
  context.onInterrupt(() => 'Interrupted. Nothing was written.');
  const { directory, name, ...place } = placeOf(
    source,
    directoryArgument,
    options,
  );
  const target = resolve(directory);
  const proposal = await propose({
    ...{ context, source, options, name, target },
    isInPlace: place.isInPlace,
  });
  const owner = await askOwner(context, options.owner);
  const origin = await findOrigin(target);
  const sample = sampleDocument(proposal);
  const model = modelDocument({
    ...{ name, owner, options, proposal, origin },
    sample: sample && SAMPLE,
  });
  const contents: Record<string, string> = {
    'model.yaml': model,
    'card.yaml': cardDocument(),
    'eval/suite.yaml': suiteDocument(proposal),
    ...(sample && { [SAMPLE]: sample }),
    ...proposal.contents,
  };
  const { copies } = proposal;
  const force = options.force ?? false;
  if (!force) {
    expectAbsent(directory, [...Object.keys(copies), ...Object.keys(contents)]);
  }
  const written = await writeFiles({
    ...{ directory: target, contents, copies, force },
    optional: { '.gitignore': GITIGNORE },
    onDraft: draft =>
      context.onInterrupt(() => {
        rmSync(draft, { recursive: true, force: true });
        return 'Interrupted. Nothing was written.';
      }),
  });
  context.onInterrupt(() => `Interrupted. ${directory} was written.`);

  const { issues } = await validatePackage(target);
  const { version } = options;
  output.done(`Made ${directory}${source ? ` from ${source}` : ''}`);
  for (const note of proposal.notes) output.info(note);
  sayOrigin(output, origin);
  if (!sample) {
    output.info('The inputs are too large for a sample of zeros: add your own');
  }
  await output.object({
    kind: 'PackageDraft',
    name: directory,
    data: { name, version, owner, directory, files: written, issues },
    text: () => written.join('\n'),
  });
  const quoted = quote(directory);
  output.hint(
    [
      `Next: fill in ${plural(issues.length, 'place')}, listed by`,
      `  ml validate ${quoted}`,
      'Then:',
      `  ml register ${quoted}`,
      `  ml deploy ${name}@${version} --env staging`,
    ].join('\n'),
  );
}

function sayOrigin(
  output: CommandContext['output'],
  origin: Origin | undefined,
) {
  if (origin?.isDirty) {
    output.info(
      'The Git checkout has uncommitted changes, so no commit is noted in lineage.code',
    );
  }
}
