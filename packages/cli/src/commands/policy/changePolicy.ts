import type { PolicyChanges, PolicyState } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import type { ExitStatus } from '../../errors/ExitCode';
import { printAsked } from '../approvals/printAsked';
import { confirm } from '../confirm';
import { checkKey } from './checkKey';
import type { ApplyOptions, ChangeOptions } from './command';
import { differencesText } from './policy';
import { readPolicyFile } from './readPolicyFile';
import { setPlaces } from './setPlaces';

/** `ml policy set` */
export async function setPolicy(
  context: CommandContext,
  places: string[],
  options: ChangeOptions,
): Promise<ExitStatus | void> {
  return proposeChange(context, options, ({ values }) =>
    setPlaces(values, places),
  );
}

/** `ml policy apply` */
export async function applyPolicy(
  context: CommandContext,
  options: ApplyOptions,
): Promise<ExitStatus | void> {
  const { changes, version } = await readPolicyFile(options.file);
  return proposeChange(context, options, async () => changes, version);
}

/** `ml policy reset` */
export async function resetPolicy(
  context: CommandContext,
  names: string[],
  options: ChangeOptions,
): Promise<ExitStatus | void> {
  const keys = names.map(checkKey);
  return proposeChange(context, options, async () =>
    Object.fromEntries(keys.map(key => [key, null])),
  );
}

/** Shows what a change would do, and asks a second person for it. */
export async function proposeChange(
  context: CommandContext,
  { dryRun, reason, yes }: ChangeOptions,
  makeChanges: (state: PolicyState) => Promise<PolicyChanges>,
  madeFrom?: number,
): Promise<ExitStatus | void> {
  const { output } = context;
  const { client } = await context.connect();
  const state = await client.policy.get();
  const version = madeFrom ?? state.version;
  const changes = await makeChanges(state);
  const preview = await client.policy.preview(version, { changes });
  if (dryRun) {
    await output.object({
      kind: 'PolicyProposal',
      name: String(version),
      data: preview,
      text: () => differencesText(preview.changes),
    });
    output.hint('Nothing was asked for.');
    return undefined;
  }
  if (!yes) {
    output.info(differencesText(preview.changes));
    await confirm(context, `ask for this change of version ${version}`);
  }
  const { approval } = await client.policy.propose(version, {
    changes,
    reason,
  });
  return printAsked(context, approval!, `Version ${version} holds for now.`);
}
