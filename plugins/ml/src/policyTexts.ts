import type { PolicyKey, PolicyState } from '@ml-platform/plugin-ml-common';

/** What the portal says of policies. */
export const policyTexts = {
  title: 'Policies',
  intro:
    'What the platform obeys. A change is asked for by one platform admin and approved by another one; it holds within seconds, and stays in the history.',
  version: ({ version }: PolicyState) => `Version ${version}`,
  since: 'since',
  names: {
    quotas: 'Quotas',
    releases: 'Ways into production',
    canary: 'Canary',
    freezes: 'Freezes',
    signatures: 'Signatures',
    evaluation: 'Evaluation',
    aliases: 'Aliases',
    artifacts: 'Artifacts',
    roles: 'Roles',
  } satisfies Record<PolicyKey, string>,
  about: {
    quotas: 'How much one team may do.',
    releases: 'How a version takes over unless another way is asked for.',
    canary:
      'What all canaries have in common; times in milliseconds. The rate of false alarms is judge.alpha.',
    freezes: 'Times in which nothing is deployed. A rollback always may.',
    signatures: 'Whether production takes signed versions only.',
    evaluation: 'Environments that take versions only that passed.',
    aliases:
      'What a version needs before an alias of that name may point at it, on every model.',
    artifacts: 'How large an artifact may be where a model has no exception.',
    roles: 'Who has which role: users and groups.',
  } satisfies Record<PolicyKey, string>,
  source: {
    approved: 'Approved',
    configuration: 'From the configuration',
    configuredOnly: 'Configuration only',
  },
  nothing: 'none',
  nobody: 'nobody',
  change: 'Change',
  describeChange: (name: string) => `Change ${name}`,
  question: (name: string) => `Change ${name}?`,
  mayNot: 'Only platform admins ask for changes of policies.',
  pinned:
    'The configuration decides on this alone (ml.policy.configuredOnly); change it there.',
  unchanged: 'Nothing is changed yet.',
  unreadable: (field: string) => `${field} cannot be read.`,
  noReason: 'Say why, for who approves it and for the history.',
  reason: 'Reason',
  reasonHelp: 'For who approves it, and for the history.',
  lines: 'One a line.',
  json: 'As JSON.',
  root: 'Value',
  ask: 'Ask for it',
  willNot: [
    'Nothing changes before another platform admin approves it.',
    'What is under way goes on as it began.',
  ],
  asked: 'Asked for: it waits among the approvals',
  waiting: (count: number) =>
    count === 1
      ? 'A change waits for approval'
      : `${count} changes wait for approval`,
  waitingLink: 'See the approvals',
  history: 'History',
  beginning: 'The beginning, as it was configured.',
  byConfiguration: 'changed in the configuration',
  asker: 'asked for by',
  approver: 'approved by',
  older: 'Older versions',
  newest: 'Newest versions',
};
