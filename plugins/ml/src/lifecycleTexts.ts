import {
  type Approval,
  type ApprovalKind,
  type ApprovalState,
  type ComparisonSection,
  type Environment,
  formatByteSize,
} from '@ml-platform/plugin-ml-common';

const APPROVAL_SUBJECTS = {
  'version.delete': ({ model, subject }) =>
    `Delete ${model} ${subject.version}`,
  'artifact.limit': ({ model, subject }) =>
    `Let artifacts of ${model} have ${formatByteSize(
      Number(subject.maxBytes),
    )}`,
  'retention.delete': ({ model, subject }) =>
    `Delete ${subject.count} old versions of ${model}`,
  'audit.dispose': ({ subject }) =>
    `Dispose of the audit log of ${subject.month}`,
} as Partial<Record<ApprovalKind, (approval: Approval) => string>>;

/** What the portal says about the life of a version; a part of `texts`. */
export const lifecycleTexts = {
  versionState: {
    draft: 'draft',
    registered: 'registered',
    deprecated: 'deprecated',
    deleted: 'deleted',
  },
  deprecatedUntil: (day: string, replacement: string | undefined) =>
    `deprecated until ${day}${replacement ? ` → ${replacement}` : ''}`,

  versionActions: {
    menu: (version: string) => `More for ${version}`,
    labels: {
      publish: 'Publish…',
      deprecate: 'Deprecate…',
      undeprecate: 'Take the deprecation back…',
      remove: 'Delete…',
    },
    mayNotManage:
      'You may not change the state of versions: that takes the permission ml.version.manage. Ask a platform admin for it.',
    mayNotDelete:
      'You may not delete versions: that takes the permission ml.version.delete. Ask a platform admin for it.',
    notADraft: (version: string) => `${version} is not a draft.`,
    draftNeedsNoNotice: (version: string) =>
      `${version} is a draft, which nobody relies on: delete it instead.`,
    notDeprecated: (version: string) => `${version} is not deprecated.`,
    isLive: (version: string, environment: Environment) =>
      `${version} is live in ${environment}: deploy another version first.`,
    isKept: (version: string, environment: Environment) =>
      `${version} is kept for a rollback in ${environment}.`,
    sayWhy: 'Say why first.',
  },

  effects: {
    will: 'What will happen',
    willNot: 'What it does not do',
    cancel: 'Cancel',
    sending: 'Sending…',
  },

  publish: {
    title: (version: string) => `Publish ${version}?`,
    submit: (version: string) => `Publish ${version}`,
    will: (version: string) => [
      `${version} becomes a registered version, which may go to production.`,
      'It counts as the latest version, if no higher one is registered.',
      'It cannot become a draft again.',
    ],
    willNot: ['It releases nothing: what is live stays live.'],
    done: (version: string) => `${version} is published`,
  },

  deprecate: {
    title: (version: string) => `Deprecate ${version}`,
    submit: (version: string) => `Deprecate ${version}`,
    sunset: 'Sunset',
    sunsetHelp: (day: string) =>
      `The last day on which callers may rely on it: ${day} or later, so that they have 8 weeks.`,
    tooEarly: (day: string) => `Choose a sunset on ${day} or later.`,
    reason: 'Reason',
    reasonHelp: 'What callers read when they ask why.',
    replacement: 'Replacement',
    noReplacement: 'None',
    will: (version: string) => [
      `Everybody who looks at ${version} sees the notice, the sunset and the replacement.`,
    ],
    willNot: [
      'It stops nothing: the version serves as before, and can still be released.',
    ],
    done: (version: string) => `${version} is deprecated`,
  },

  undeprecate: {
    title: (version: string) => `Take back the deprecation of ${version}?`,
    submit: 'Take it back',
    will: (version: string) => [
      `${version} is a registered version again, without a sunset.`,
    ],
    willNot: ['It does not undo what callers did because of the notice.'],
    done: (version: string) => `${version} is not deprecated any more`,
  },

  remove: {
    title: (version: string) => `Delete ${version}?`,
    submit: 'Ask for the deletion',
    submitDraft: (version: string) => `Delete ${version} now`,
    reason: 'Reason',
    reasonHelp: 'It is kept, and shown to whoever decides.',
    will: (version: string) => [
      'A second person must approve it within a week; until then nothing changes.',
      `Once approved, the bytes of ${version} are removed, as far as no other version has them too.`,
    ],
    willDraft: (version: string) => [
      `${version} is a draft, so no second person is asked: its bytes are removed at once, as far as no other version has them too.`,
    ],
    willAlias: (alias: string) =>
      `The alias ${alias}, which points at it, is removed.`,
    willNot: (version: string) => [
      `It does not undo predictions that ${version} has given.`,
      'It does not reach copies that others have pulled.',
      `It does not free the name: ${version} can never be registered again. Its card, releases and audit events are kept.`,
      'It cannot be taken back.',
    ],
    asked: (version: string) =>
      `The deletion of ${version} waits for a second person`,
    done: (version: string) => `${version} is deleted`,
  },

  compare: {
    choose: (version: string) => `Compare ${version}`,
    column: 'Compare',
    submit: (amount: number) =>
      `Compare versions${amount ? ` (${amount})` : ''}`,
    clear: 'Clear the choice',
    tooFew: 'Choose 2 to 4 versions with the boxes beside them.',
    tooMany: (amount: number, most: number) =>
      `${amount} versions are chosen, and at most ${most} fit side by side.`,
    back: 'All versions',
    region: 'Comparison',
    differencesOnly: 'Differences only',
    sameTitle: 'No difference',
    same: 'In everything that is known of them, these versions are the same.',
    notTold: 'not told',
    yesNo: (value: boolean) => (value ? 'yes' : 'no'),
    sections: {
      about: 'About',
      metrics: 'Metrics',
      parameters: 'Parameters',
      interface: 'Interface',
      card: 'Card',
      data: 'Data',
      training: 'Training',
      files: 'Files',
      size: 'Size',
    } satisfies Record<ComparisonSection['name'], string>,
  },

  versionDetails: {
    bom: 'Download BOM (CycloneDX)',
    aliases: 'Aliases',
    noAliases: 'No alias has pointed at it.',
    came: (from: string | undefined) =>
      from ? `came here from ${from}` : 'was set here first',
    left: (to: string | undefined) =>
      to ? `moved on to ${to}` : 'was removed',
    deprecated: (reason: string) => `Why it is deprecated: ${reason}`,
  },

  approvals: {
    title: 'Approvals',
    tab: (waiting: string | undefined) =>
      waiting === undefined || waiting === '0'
        ? 'Approvals'
        : `Approvals (${waiting} waiting)`,
    intro:
      'What needs a second person: nobody decides on what they asked for themselves.',
    filter: 'Requests',
    shown: { waiting: 'Waiting', review: 'To review', all: 'All' },
    state: {
      pending: 'Waiting',
      approved: 'Approved',
      used: 'Approved and done',
      denied: 'Denied',
      withdrawn: 'Withdrawn',
      expired: 'Expired',
    } satisfies Record<ApprovalState, string>,
    emptyTitle: 'Nothing waits for you',
    empty:
      'A request appears here when somebody asks for something that a second person has to agree to, such as the deletion of a version.',
    noneTitle: 'No request yet',
    newest: 'Newest requests',
    older: 'Older requests',
    subject: (approval: Approval): string =>
      APPROVAL_SUBJECTS[approval.kind]?.(approval) ?? approval.summary,
    platform: 'The platform',
    consequences: 'When it is approved',
    decision: {
      approve: 'Approve',
      deny: 'Deny',
      withdraw: 'Withdraw',
    },
    /** What a button does, for those who do not see beside what it stands. */
    describe: (decision: string, subject: string) => `${decision}: ${subject}`,
    question: (decision: string, subject: string) => `${decision}? ${subject}`,
    will: (decision: 'approve' | 'deny' | 'withdraw', approval: Approval) =>
      decision === 'approve'
        ? approval.consequences
        : [
            'The request is closed, and nothing of it is done. It can be asked for again.',
          ],
    willNot: ['It cannot be taken back.'],
    comment: 'Comment',
    commentHelp: 'Optional. It is kept with the request.',
    done: (state: ApprovalState, subject: string) =>
      `${subject}: ${state === 'used' ? 'approved and done' : state}`,
    own: 'You asked for this yourself, so somebody else has to decide on it.',
    notOwn: 'Only who asked for it can withdraw it; deny it instead.',
    mayNotDecide:
      'You may not decide on requests: that takes the permission ml.approval.decide. Ask a platform admin for it.',
    breakGlass: {
      label: 'Break the glass',
      reason: 'Why it cannot wait',
      noReason: 'Say in ten characters or more why it cannot wait.',
      will: [
        'It is done at once, without a second person.',
        'Everybody who was passed over is told, and it stays on the list until somebody else reviewed it.',
      ],
      done: (subject: string) => `${subject}: done without a second person`,
      alone: 'Done without a second person by',
      open: 'waits for a review',
      own: 'You had a part in it, so somebody else has to review it.',
      says: 'says',
      verdict: { justified: 'Justified', unjustified: 'Not justified' },
      reviewWill: ['Your word stays with the request, and in the audit log.'],
      reviewed: (subject: string) => `${subject}: reviewed`,
    },
    over: (state: ApprovalState): string =>
      `The request is ${state} and cannot be decided on any more.`,
  },
};
