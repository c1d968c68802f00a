import type {
  RetentionPreview,
  StoredRetentionRule,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { ExitCode, type ExitStatus } from '../../errors/ExitCode';
import type { Output } from '../../output/Output';
import { formatBytes, plural } from '../../output/format';
import { renderTable } from '../../output/renderTable';
import { printAsked } from '../approvals/printAsked';
import { confirm } from '../confirm';
import { usageError } from '../parseRef';
import type { ClearOptions, RuleOptions } from './command';

/** `ml retention show` */
export async function showRule(
  { connect, output }: CommandContext,
  model: string,
): Promise<void> {
  const { client } = await connect();
  const { rule } = await client.retention.get(model);
  await output.object({
    kind: 'RetentionRule',
    name: model,
    data: rule ?? { model },
    text: () => ruleText(model, rule, output),
  });
  if (!rule) {
    output.hint(`Set a rule: ml retention set ${model} --newest 10`);
  }
}

/** `ml retention set` */
export async function setRule(
  { connect, output }: CommandContext,
  model: string,
  options: RuleOptions,
): Promise<void> {
  const asked = toRule(options);
  if (!asked) throw usageError('--newest says how many stay; give it');
  const { client } = await connect();
  const rule = await client.retention.set(model, {
    protected: [],
    ...asked,
  });
  output.done(`Set the retention rule of ${model}`);
  await output.object({
    kind: 'RetentionRule',
    name: model,
    data: rule,
    text: () => ruleText(model, rule, output),
  });
  output.hint(`See what it would do: ml retention preview ${model}`);
}

/** `ml retention preview` */
export async function preview(
  { connect, output }: CommandContext,
  model: string,
  options: RuleOptions,
): Promise<void> {
  const { client } = await connect();
  const found = await client.retention.preview(model, toRule(options));
  await output.object({
    kind: 'RetentionPreview',
    name: found.remove.map(({ version }) => `${model}@${version}`).join('\n'),
    data: found,
    text: () => previewText(found, output),
  });
  const { remove, removeBytes, truncated } = found;
  output.info(
    remove.length
      ? `${plural(remove.length, 'version')}${
          truncated ? ', and more later,' : ''
        } would go: up to ${formatBytes(removeBytes)}. Nothing is deleted yet.`
      : 'Nothing would go.',
  );
}

/** `ml retention propose` */
export async function propose(
  context: CommandContext,
  model: string,
): Promise<ExitStatus> {
  const { client } = await context.connect();
  const { approval } = await client.retention.propose(model);
  if (approval) return printAsked(context, approval, 'Nothing is deleted yet.');
  context.output.done(`The rule of ${model} keeps every version there is`);
  return ExitCode.ok;
}

/** `ml retention clear` */
export async function clearRule(
  context: CommandContext,
  model: string,
  { yes }: ClearOptions,
): Promise<void> {
  if (!yes) await confirm(context, `remove the retention rule of ${model}`);
  const { client } = await context.connect();
  await client.retention.clear(model);
  context.output.done(`Removed the rule; every version of ${model} stays`);
}

function toRule({ days, newest, protect }: RuleOptions) {
  if (newest === undefined) {
    if (days === undefined && !protect) return undefined;
    throw usageError('--newest is missing: so many stay whatever their age');
  }
  return {
    keepNewest: newest,
    ...(days !== undefined && { keepDays: days }),
    ...(protect && { protected: protect }),
  };
}

function ruleText(
  model: string,
  rule: StoredRetentionRule | undefined,
  output: Output,
): string {
  if (!rule) return `Model      ${model}\nRule       none: every version stays`;
  return [
    `Model      ${model}`,
    `Newest     ${rule.keepNewest} stay`,
    `Younger    ${
      rule.keepDays ? `than ${plural(rule.keepDays, 'day')} stay` : '-'
    }`,
    `Protected  ${rule.protected.join(', ') || '-'}`,
    `Set        ${output.time(rule.setAt)} by ${rule.setBy}`,
  ].join('\n');
}

function previewText(found: RetentionPreview, output: Output): string {
  const { keep, remove } = found;
  const rows = [
    ...remove.map(item => ({ ...item, what: 'go', why: '' })),
    ...keep.map(item => ({
      ...item,
      what: 'stay',
      why: item.reasons.join('; '),
    })),
  ];
  return renderTable(
    ['', 'VERSION', 'REGISTERED', 'SIZE', 'BECAUSE'],
    rows.map(item => [
      item.what,
      item.version,
      output.time(item.createdAt),
      formatBytes(item.sizeBytes),
      item.why,
    ]),
  );
}
