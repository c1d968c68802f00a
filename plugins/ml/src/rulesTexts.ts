import {
  formatByteSize,
  type SizeException,
} from '@ml-platform/plugin-ml-common';

/** What the portal says about the rules of a model; a part of `texts`. */
export const rulesTexts = {
  title: 'Rules',
  mayNotManage:
    'You may not set rules: that takes the permission ml.version.manage. Ask a platform admin for it.',
  mayNotDelete:
    'You may not ask for deletions: that takes the permission ml.version.delete. Ask a platform admin for it.',
  cancel: 'Cancel',
  sayWhy: 'Say why first.',

  limits: {
    title: 'Size of artifacts',
    now: (bytes: number | undefined) =>
      bytes === undefined
        ? 'The registry is not the portal’s own, and has limits of its own.'
        : `An artifact may have up to ${formatByteSize(bytes)}.`,
    exception: (item: SizeException) => formatByteSize(item.maxBytes),
    state: { active: 'Active', expired: 'Over', revoked: 'Revoked' },
    columns: {
      size: 'Size',
      state: 'State',
      until: 'Until',
      people: 'Asked and approved by',
      reason: 'Reason',
    },
    request: 'Ask for more…',
    dialog: 'Ask for larger artifacts',
    submit: 'Ask',
    size: 'Size',
    sizeHelp: 'For example 12 GiB',
    badSize: 'Write a size such as 12 GiB.',
    until: 'Until',
    untilHelp: 'The last day, within a year.',
    noDay: 'Choose the day on which it ends.',
    reason: 'Reason',
    reasonHelp: 'It is kept, and shown to whoever decides.',
    will: (model: string) => [
      'A second person must approve it within a week; until then nothing changes.',
      `Then artifacts of ${model} may be larger, until the day you choose.`,
    ],
    willNot: ['It changes nothing for other models.'],
    asked: 'It waits for a second person',
    revoke: 'Revoke',
    revoked: 'The exception is over',
    isOver: 'It is over already.',
  },

  retention: {
    title: 'Old versions',
    none: 'There is no retention rule: every version stays.',
    rule: (newest: number, days: number | undefined) =>
      `The newest ${newest} stay${
        days ? `, and those younger than ${days} days` : ''
      }.`,
    protected: (versions: string[]) => `Protected: ${versions.join(', ')}.`,
    setBy: 'Set by',
    edit: 'Set a rule…',
    dialog: 'Which versions stay?',
    submit: 'Set the rule',
    newest: 'Newest',
    newestHelp: 'So many stay, whatever their age.',
    badNewest: 'Write how many stay, 1 at least.',
    days: 'Days',
    daysHelp: 'Optional: those registered in so many days stay, too.',
    badDays: 'Write a number of days, or nothing.',
    protect: 'Protected versions',
    protectHelp: 'Optional, with commas: these stay whatever their age.',
    will: [
      'Once a day, what the rule does not keep is proposed to a second person.',
    ],
    willNot: [
      'It deletes nothing by itself.',
      'It never proposes what is deployed, kept for a rollback, has an alias, or was the origin of a version that stays.',
    ],
    set: 'The rule is set',
    propose: 'Propose the deletion now',
    proposed: 'The deletion waits for a second person',
    nothing: 'There is nothing to delete',
    preview: 'What the rule would do now',
    go: 'would go',
    stay: 'stays',
    columns: {
      version: 'Version',
      what: 'Outcome',
      registered: 'Registered',
      size: 'Size',
      because: 'Because',
    },
  },

  aliases: {
    title: 'Aliases and their policies',
    none: 'An alias is a name, as champion, that points at a version and can be moved. There is none yet; set one in a terminal:',
    noneCommand: (model: string) =>
      `npx ml aliases set ${model} champion 1.0.0`,
    columns: {
      alias: 'Alias',
      version: 'Points at',
      moved: 'Moved',
      movers: 'Who may move it',
      evidence: 'What a version needs',
      change: 'Change',
    },
    anybody: 'who may manage versions',
    nothing: 'nothing',
    change: 'Change…',
    changeOf: (alias: string) => `Change the policy of ${alias}`,
    dialog: (alias: string) => `Policy of the alias ${alias}`,
    will: (alias: string) => [
      `${alias} can be moved or removed, and its policy changed, by these users and groups only.`,
      'A version needs all of the evidence before the alias may point at it.',
      'The change, and who made it, stay in the history and the audit log.',
    ],
    willNot: ['It does not move the alias, and deploys nothing.'],
    submit: 'Set the policy',
    set: (alias: string) => `The policy of ${alias} is set`,
    movers: 'Who may move it',
    moversHelp:
      'References of users and groups, such as group:default/quality-team; empty: whoever may manage versions of the model.',
    badMover: (text: string) =>
      `'${text}' is not the full reference of a user or group, such as group:default/quality-team.`,
    evidence: 'What a version needs',
    evidenceHelp: 'One a line; empty: nothing.',
    badEvidence: (text: string) => `There is no evidence '${text}'.`,
    kinds: 'What can be asked for',
    history: 'Changes so far',
    noHistory: 'The policy was never changed.',
    changed: (movers: string, evidence: string) =>
      `movers: ${movers}; needs: ${evidence}`,
  },
};
