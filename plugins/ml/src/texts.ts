import type {
  Environment,
  Release,
  ReleaseState,
} from '@ml-platform/plugin-ml-common';
import { accessTexts } from './accessTexts';
import { auditTexts } from './auditTexts';
import { batchTexts } from './batchTexts';
import { callTexts } from './callTexts';
import { canaryTexts } from './canaryTexts';
import { experimentTexts } from './experimentTexts';
import { gitopsTexts } from './gitopsTexts';
import { lifecycleTexts } from './lifecycleTexts';
import { lineageTexts } from './lineageTexts';
import { policyTexts } from './policyTexts';
import { releaseTexts } from './releaseTexts';
import { rulesTexts } from './rulesTexts';
import { searchTexts } from './searchTexts';
import { trafficTexts } from './trafficTexts';
import { webhookTexts } from './webhookTexts';
import { newModelTexts } from './newModelTexts';

/** Every sentence that the portal says, in one place. */
export const texts = {
  ...lifecycleTexts,
  ...canaryTexts,
  ...auditTexts,
  ...releaseTexts,
  ...newModelTexts,
  lineage: lineageTexts,
  gitops: gitopsTexts,
  policy: policyTexts,
  access: accessTexts,
  traffic: trafficTexts,
  webhooks: webhookTexts,
  search: searchTexts,
  rules: rulesTexts,

  environment: {
    staging: 'Staging',
    production: 'Production',
  } satisfies Record<Environment, string>,

  releaseState: {
    gate: 'At the gate',
    approval: 'Waits for approval',
    pending: 'Waiting',
    loading: 'Loading',
    routing: 'Routing',
    progressing: 'Under way',
    succeeded: 'Succeeded',
    refused: 'Refused',
    failed: 'Failed',
    rolled_back: 'Rolled back',
    aborted: 'Aborted',
    shadowed: 'Compared',
  } satisfies Record<ReleaseState, string>,

  releaseStep: {
    gate: 'Gate: passed its evaluation',
    approval: 'Approval by a second person',
    pending: 'Accepted',
    loading: 'Load the version',
    routing: 'Move the traffic',
    progressing: 'Compare with what is live',
    succeeded: 'Live',
    refused: 'Refused',
    failed: 'Failed',
    rolled_back: 'Rolled back',
    aborted: 'Aborted',
    shadowed: 'Compared',
  } satisfies Record<ReleaseState, string>,

  releaseKind: { deploy: 'Deploy', rollback: 'Rollback' } satisfies Record<
    Release['kind'],
    string
  >,

  noData: 'No data',
  noPage: 'There is no such page. The tabs above lead to those there are.',

  actions: {
    deploy: 'Deploy',
    rollback: 'Roll back',
    checkingRights: 'Checking what you may do…',
    mayNotDeploy: (environment: Environment) =>
      `You may not release to ${environment}: that takes the permission ml.release.${environment}. Ask a platform admin for it.`,
    mayNotRollBack: (environment: Environment) =>
      `You may not roll back in ${environment}: that takes the permission ml.release.rollback. Ask a platform admin for it.`,
    mayNotOverride:
      'You may not pass over the rules for releases: that takes the permission ml.release.override, which platform admins have.',
    noVersions: 'No version is registered yet.',
    alreadyLive: (version: string, environment: Environment) =>
      `${version} is live in ${environment} already.`,
    draft: (version: string) =>
      `${version} is a draft: publish it before it goes to production.`,
    deleted: (version: string) => `${version} is deleted.`,
    nothingLive: (environment: Environment) =>
      `Nothing is live in ${environment}.`,
    noEarlierVersion:
      'No earlier version has served here, so there is nothing to go back to.',
    noCanary: 'No canary is under way.',
    notPaused: 'The canary is not paused.',
    busy: (release: Pick<Release, 'number' | 'version' | 'state'>) =>
      `Release #${release.number} to ${release.version} is under way; wait until it has finished.`,
  },

  states: {
    loading: 'Loading',
    retry: 'Try again',
    errorTitle: 'This could not be loaded',
    forbiddenTitle: 'You may not see this',
    forbiddenHelp:
      'Your account lacks a permission that this view needs. Ask a platform admin for it, and give them the sentence above.',
    staleTitle: 'This may be out of date',
    stale: (age: string, reason: string) =>
      `It was loaded ${age}, and refreshing failed: ${reason}`,
    notRegisteredTitle: 'Not in the model registry',
    notRegistered: (model: string) =>
      `The catalog knows the model ${model}, but the registry has no version of it. Register one from the folder of its package:`,
  },

  models: {
    title: 'Models',
    intro: 'What is live where, what is rolling out, and what failed.',
    search: 'Search models',
    searchPlaceholder: 'Name, description, owner or tag',
    emptyTitle: 'No models yet',
    empty:
      'A model appears here when its first version is registered. Register an example from the root of this repository:',
    noMatchTitle: (q: string) => `No model matches “${q}”`,
    noMatch: 'The search looks at name, title, description, owner and tags.',
    clearSearch: 'Clear the search',
    firstPage: 'First page',
    next: 'Next page',
    notDeployed: 'Not deployed',
    neverDeployed: 'Never deployed here',
  },

  deploy: {
    title: (model: string) => `Deploy ${model}`,
    submit: (version: string, environment: Environment) =>
      `Deploy ${version} to ${environment}`,
    chooseVersion: 'Choose a version first.',
    reason: 'Reason',
    reasonHelp: 'Optional. It is kept with the release.',
    willHappen: 'What will happen',
    first: (version: string, environment: Environment) =>
      `${version} becomes the first version in ${environment}.`,
    changeOfApi: (from: string, to: string, environment: Environment) =>
      `In ${environment}, requests that pin no version go from ${from} to ${to}.`,
    change: (from: string, to: string, environment: Environment) =>
      `In ${environment}, requests go from ${from} to ${to}. Only callers that pin an exact version stay where they are.`,
    order:
      'The new version is loaded and checked first; traffic moves only when it is ready. If loading fails, nothing changes.',
    warm: (from: string) =>
      `${from} stays loaded, so that a rollback takes seconds.`,
    newApi: (from: number, to: number) =>
      `The API version changes from ${from} to ${to}. Callers pinned to API version ${from} stay on it.`,
    breaking: 'What breaks callers that pin nothing:',
    started: (release: Release) =>
      `Release #${release.number} of ${release.model} ${release.version} to ${release.environment} has begun`,
  },

  rollback: {
    choose: 'Go back to',
    title: (environment: Environment) => `Roll back ${environment}?`,
    submit: (version: string) => `Roll back to ${version}`,
    what: (from: string, to: string, environment: Environment) =>
      `In ${environment}, requests go back from ${from} to ${to}, which has served here before. This takes seconds and is recorded as a new release.`,
    notRestored: 'It does not restore',
    notRestoredItems: (from: string) => [
      `predictions that ${from} has already given;`,
      'the other environment, which stays as it is;',
      `the version itself: ${from} stays registered and can be deployed again;`,
      'callers that pin an exact version: they keep the version they pin.',
    ],
    reasonHelp: 'Optional, and the first thing that colleagues will look for.',
  },

  releaseFailed: {
    title: ({ number, state, version }: Release) => {
      const release = `Release #${number} to ${version}`;
      if (state === 'rolled_back') return `${release} was rolled back`;
      return `${release} ${state === 'refused' ? 'was refused' : 'failed'}`;
    },
    unknown: 'No reason was recorded.',
  },

  overview: {
    title: 'Model card',
    shown: (version: string, latest: string | undefined) =>
      latest === undefined || latest === version
        ? `As of version ${version}, the latest.`
        : `As of version ${version}, which is live. The latest is ${latest}.`,
  },

  versions: {
    title: 'Versions',
    empty: 'No version yet',
    emptyHelp:
      'A version appears here when it is registered. From the folder of the package:',
    details: (version: string) => `Version ${version}`,
    older: 'Older versions',
    newest: 'Newest versions',
  },

  batch: batchTexts,
  call: callTexts,

  experiments: experimentTexts,

  deployments: {
    title: 'Deployments',
    history: 'Release history',
    empty: 'No release yet',
    emptyHelp: (model: string) =>
      `Deploy a version with the buttons above, or from a terminal:\nnpx ml deploy ${model}@<version> --env staging`,
    all: 'All',
    outcome: 'Outcome',
    anyOutcome: 'Any outcome',
    outcomes: {
      underWay: 'Under way',
      succeeded: 'Succeeded',
      notSucceeded: 'Did not succeed',
    },
    noneOfThese: 'No such release',
    older: 'Older releases',
    newest: 'Newest releases',
    details: (release: Release) =>
      `Release #${release.number} to ${release.environment}`,
    underWay: 'under way',
  },
};
