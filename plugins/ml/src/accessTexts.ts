import type { AccessKind, Grant } from '@ml-platform/plugin-ml-common';

/** What the portal says of grants, service accounts and reviews of access. */
export const accessTexts = {
  title: 'Access',
  views: 'What to show',
  view: {
    grants: 'Grants',
    accounts: 'Service accounts',
    review: 'Review',
  },
  cancel: 'Cancel',
  reason: 'Reason',
  reasonHelp: 'For who reviews it.',
  noReason: 'Say why.',
  never: 'Never',
  until: 'Until',

  grants: {
    intro:
      'Access to models of another team: to you, by you, and for your models. Each has a reason and an end, and can be revoked at once.',
    table: 'Grants',
    add: 'Grant access',
    none: 'There are no such grants',
    noneHelp:
      'Grant another team or a person access to a model of yours; the role of who gets it still bounds what comes of it.',
    columns: {
      subject: 'Who',
      scope: 'For',
      capability: 'May',
      state: 'State',
      until: 'Until',
      by: 'Granted by',
      used: 'Last used',
      actions: 'Actions',
    },
    allOf: (team: string) => `all models of ${team}`,
    state: {
      active: 'Active',
      expired: 'Expired',
      revoked: 'Revoked',
    } satisfies Record<Grant['state'], string>,
    active: 'Active only',
    all: 'All',
    newest: 'Newest grants',
    older: 'Older grants',
    revoke: 'Revoke',
    describeRevoke: (grant: Grant) =>
      `Revoke what ${grant.subject} may do with ${grant.model ?? grant.team}`,
    over: 'It is over already.',
    mayNot: 'Only who manages the models revokes it.',
    revokeTitle: (grant: Grant) => `Revoke the grant to ${grant.subject}?`,
    revokeWill: (grant: Grant) => [
      `${grant.subject} may not ${grant.capability} ${
        grant.model ?? `models of ${grant.team}`
      } any more, from the next request on.`,
    ],
    revokeWillNot: ['What was deployed under it stays deployed.'],
    revoked: (grant: Grant) => `Revoked the grant to ${grant.subject}`,
    subject: 'Who gets it',
    subjectHelp: 'A user or a group, e.g. group:default/apps-team.',
    model: 'Model',
    modelHelp: 'The one model. Leave it empty to grant all models of a team.',
    team: 'Team',
    teamHelp: 'Its models, also later ones, e.g. group:default/quality-team.',
    capability: 'May',
    capabilities: {
      read: 'read: see it, and pull it as the role allows',
      operate: 'operate: deploy it and roll it back as well',
    },
    untilHelp: '90 days ahead at most.',
    noSubject: 'Name a user or a group in full form.',
    oneScope: 'Name either a model or a team.',
    noUntil: 'Say when it ends.',
    will: (subject: string, what: string) => [
      `${subject || 'Who gets it'} sees ${what || 'the models'} from now on.`,
    ],
    willNot: ['It gives nobody a role that they have not.'],
    added: (grant: Grant) => `Granted access to ${grant.subject}`,
  },

  accounts: {
    intro:
      'Programs that act for a team, each with a scope of its own and a person who answers for it.',
    list: 'Service accounts',
    add: 'Create a service account',
    none: 'Your teams have no service account',
    noneHelp:
      'Create one for a program that calls models, or for a pipeline. Its tokens are issued by `ml accounts token`.',
    active: 'Active',
    revoked: 'Revoked',
    by: 'answers for it',
    used: 'last used',
    capabilities: 'May',
    models: 'Models',
    environments: 'Predictions in',
    revoke: 'Revoke',
    describeRevoke: (ref: string) => `Revoke ${ref}`,
    over: 'It is revoked already.',
    revokeTitle: (ref: string) => `Revoke ${ref}?`,
    revokeWill: [
      'Every token and certificate of it ends within seconds, at the portal and at the gateways.',
      'It never comes back: a program that needs it needs another one.',
    ],
    revokedDone: (ref: string) => `Revoked ${ref}`,
    team: 'Team',
    teamHelp: 'A group that you are in, e.g. group:default/quality-team.',
    name: 'Name',
    nameHelp: 'Lower-case letters, digits and dashes.',
    description: 'What it is for',
    modelsHelp: 'One a line. What is not named here, it never sees.',
    incomplete:
      'Fill in team, name, what it is for, what it may do and models.',
    will: [
      'It can be given tokens and certificates for this, and for nothing else.',
      'You answer for it.',
    ],
    added: (ref: string) => `Created ${ref}`,
  },

  review: {
    intro:
      'Who had which role, grant, service account and approval in a period, who gave it, and when it was used last.',
    from: 'From',
    to: 'To',
    fromHelp: 'The first day.',
    toHelp: 'The day after the last one.',
    kind: 'Kind',
    allKinds: 'All kinds',
    kinds: {
      role: 'Roles',
      grant: 'Grants',
      'service-account': 'Service accounts',
      approval: 'Approvals',
    } satisfies Record<AccessKind, string>,
    platform: 'Platform',
    configuration: 'Configuration',
    via: 'Through',
    noEnd: 'No end',
    save: 'Save as CSV',
    table: 'Who had which access',
    none: 'Nobody had anything like that',
    noneHelp: 'Choose another period, or all kinds.',
    count: (shown: number, all: number) =>
      shown < all
        ? `${shown} of ${all} entries; save the file for all`
        : `${all} entries`,
    columns: {
      subject: 'Who',
      what: 'What',
      scope: 'For',
      from: 'From',
      until: 'Until',
      state: 'State',
      givenBy: 'Given by',
      used: 'Last used',
    },
  },
};
