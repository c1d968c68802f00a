import type {
  Environment,
  GitopsIssue,
  GitopsState,
  Release,
} from '@ml-platform/plugin-ml-common';

/** What the portal says about desired state in Git; a part of `texts`. */
export const gitopsTexts = {
  title: 'GitOps',
  intro:
    'What should run, as files in a Git repository. The platform commits what was released, and releases what was merged.',
  off: 'No desired state is kept in Git',
  offHelp:
    'A platform admin can switch it on with ml.gitops in the configuration. Then every release is a commit, and every merged change a release.',
  none: 'Nothing is deployed',
  noneHelp:
    'Deploy a version, and the platform writes its file. Or push a file to the repository.',

  repository: 'Repository',
  kind: { embedded: 'Embedded', remote: 'Git server' },
  reachable: 'Reachable',
  away: 'Cannot be reached',
  awayHelp: (commits: number) =>
    `Releases and rollbacks go on; ${commits} ${
      commits === 1 ? 'commit follows' : 'commits follow'
    } when it is back.`,
  branch: 'Branch',
  head: 'Newest commit',
  noHead: 'none yet',
  checked: 'Looked at',
  neverChecked: 'not yet',
  pending: 'Commits to follow',
  clone: 'Clone it',
  sync: 'Look now',
  synced: 'The platform looked at the repository',

  deployments: 'Deployments and their files',
  deployment: 'Deployment',
  stateColumn: 'State',
  inGit: 'In Git',
  running: 'Running',
  changed: 'Last change',
  nothing: 'nothing',
  unreadable: 'not readable',
  state: {
    inSync: 'In sync',
    following: 'Git follows',
    releasing: 'Being released',
    waiting: 'Waits',
    drifted: 'Drifted',
    refused: 'Refused',
    undeclared: 'No file yet',
  } satisfies Record<GitopsState, string>,
  where: (path: string, { field, line, message }: GitopsIssue) =>
    `${path}:${line} ${field ? `${field}: ` : ''}${message}`,
  apply: 'Apply',
  describeApply: (model: string, environment: string) =>
    `Apply the file of ${model} in ${environment}`,
  mayNotApply: (environment: Environment) =>
    `You may not deploy this model to ${environment}. Ask its owner, or a platform admin.`,
  applied: ({ environment, model, number, version }: Release) =>
    `Release ${number} brings ${model} ${version} to ${environment}`,

  history: 'Commits',
  historyHelp: 'Newest first. Those of the platform say how a release ended.',
  noHistory: 'There is no commit yet.',
  commit: 'Commit',
  author: 'Author',
  when: 'When',
  outcome: 'Outcome',
  byHand: 'by hand',
  newest: 'Newest',
  older: 'Older',
};
