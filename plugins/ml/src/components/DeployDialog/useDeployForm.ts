import { useMemo, useState } from 'react';
import type {
  Environment,
  Model,
  ReleaseOutlook,
  Strategy,
  Version,
} from '@ml-platform/plugin-ml-common';
import { useReleaseActions } from '../../hooks/useReleaseActions';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useEvaluationAction } from '../../hooks/useEvaluationAction';
import { useSignatureAction } from '../../hooks/useSignatureAction';
import { type ActionState, ENABLED, waitingIn } from '../../lib/actions';
import { randomKey } from '../../lib/randomKey';
import { deploymentTo } from '../../lib/summary';
import { texts } from '../../texts';

/** Versions that one can choose from; older ones can be named by the CLI. */
const MOST_VERSIONS = 100;

/** What the deploy dialog asks, and whether the answers can be sent. */
export function useDeployForm(options: {
  model: Model;
  environment?: Environment;
  version?: string;
}) {
  const { model } = options;
  const actions = useReleaseActions(model);
  const [environment, setEnvironment] = useState<Environment>(
    options.environment ?? 'staging',
  );
  const [version, setVersion] = useState(options.version);
  const [chosenStrategy, setStrategy] = useState<Strategy>();
  const [reason, setReason] = useState('');
  const versions = useMlQuery({
    key: `choices:${model.name}`,
    load: async api =>
      (await api.listVersions(model.name, { limit: MOST_VERSIONS })).items,
    concerns: () => false,
  });

  const outlook = useMlQuery({
    key: `outlook:${model.name}:${environment}`,
    load: api => api.getReleaseOutlook(model.name, environment),
    concerns: ({ model: changed }) => changed === model.name,
  });
  const usual = outlook.status === 'ready' ? outlook.data : undefined;
  const strategy = chosenStrategy ?? usual?.strategy;

  const supersedes = waitingIn(deploymentTo(model, environment));
  const superseded = supersedes?.id;
  const request = useMemo(
    () => ({
      body: {
        environment,
        version: version ?? '',
        // Without a choice, the platform takes its own way.
        strategy: chosenStrategy,
        reason: reason.trim() || undefined,
        // What is said to end, and nothing else.
        ...(superseded && { supersedes: superseded }),
      },
      idempotencyKey: randomKey(),
    }),
    [environment, version, chosenStrategy, reason, superseded],
  );

  const find = (name: string | undefined): Version | undefined =>
    versions.status === 'ready'
      ? versions.data.find(each => each.version === name)
      : undefined;
  const chosen = find(version);
  const signed = useSignatureAction({
    model: model.name,
    environment,
    version,
  });
  const evaluated = useEvaluationAction({
    model: model.name,
    environment,
    version,
  });
  const allowed: ActionState = version
    ? actions[environment].deployVersion(version, chosen?.state)
    : { enabled: false, reason: texts.deploy.chooseVersion };
  const stopped = stopOf(usual);
  const ruled: ActionState = stopped
    ? { enabled: false, reason: stopped }
    : ENABLED;
  const submit =
    [allowed, signed, evaluated.action, ruled].find(each => !each.enabled) ??
    allowed;
  const from = deploymentTo(model, environment)?.version;

  return {
    actions,
    versions,
    environment,
    setEnvironment,
    version,
    setVersion,
    strategy,
    setStrategy,
    outlook: usual,
    stopped,
    reason,
    setReason,
    request,
    submit,
    waitsAtGate: evaluated.waits,
    supersedes,
    from: from ? { version: from, details: find(from) } : undefined,
    to: version ? { version, details: find(version) } : undefined,
  };
}

/** The rule that stands in the way whatever is chosen, if one does. */
function stopOf(outlook: ReleaseOutlook | undefined): string | undefined {
  if (!outlook) return undefined;
  const { environment, freeze, quota, team } = outlook;
  if (freeze) return texts.rulesOfReleases.frozen(environment, freeze);
  if (quota.used < quota.limit || environment === 'staging') return undefined;
  return texts.rulesOfReleases.quota(team, quota);
}
