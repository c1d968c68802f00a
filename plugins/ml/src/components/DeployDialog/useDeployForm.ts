import { useMemo, useState } from 'react';
import type {
  Environment,
  Model,
  Strategy,
  Version,
} from '@ml-platform/plugin-ml-common';
import { useReleaseActions } from '../../hooks/useReleaseActions';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useEvaluationAction } from '../../hooks/useEvaluationAction';
import { useSignatureAction } from '../../hooks/useSignatureAction';
import type { ActionState } from '../../lib/actions';
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
  const [strategy, setStrategy] = useState<Strategy>('immediate');
  const [reason, setReason] = useState('');
  const versions = useMlQuery({
    key: `choices:${model.name}`,
    load: async api =>
      (await api.listVersions(model.name, { limit: MOST_VERSIONS })).items,
    concerns: () => false,
  });

  const request = useMemo(
    () => ({
      body: {
        environment,
        version: version ?? '',
        strategy,
        reason: reason.trim() || undefined,
      },
      idempotencyKey: randomKey(),
    }),
    [environment, version, strategy, reason],
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
  const submit =
    [allowed, signed, evaluated].find(each => !each.enabled) ?? allowed;
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
    reason,
    setReason,
    request,
    submit,
    from: from ? { version: from, details: find(from) } : undefined,
    to: version ? { version, details: find(version) } : undefined,
  };
}
