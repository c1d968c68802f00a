import { useMemo, useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import type { Model } from '@ml-platform/plugin-ml-common';
import { evaluationTexts } from '../../evaluationTexts';
import { useEvaluationAction } from '../../hooks/useEvaluationAction';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useRequest } from '../../hooks/useRequest';
import { type ActionState, waitingIn } from '../../lib/actions';
import { randomKey } from '../../lib/randomKey';
import { deploymentTo } from '../../lib/summary';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

/** Asks once before what is in staging goes to production. */
export function PromoteDialog(props: {
  model: Model;
  /** What is in staging, as it was seen; another one is not promoted. */
  version: string;
  action: ActionState;
  onStarted: () => void;
  onClose: () => void;
}) {
  const { action, model, onClose, onStarted, version } = props;
  const [reason, setReason] = useState('');
  const outlook = useMlQuery({
    key: `outlook:${model.name}:production`,
    load: api => api.getReleaseOutlook(model.name, 'production'),
    concerns: ({ model: changed }) => changed === model.name,
  });
  const evaluated = useEvaluationAction({
    ...{ model: model.name, version },
    environment: 'production',
  });
  const supersedes = waitingIn(deploymentTo(model, 'production'));
  const superseded = supersedes?.id;
  const sent = useMemo(
    () => ({
      body: {
        ...{ version, reason: reason.trim() || undefined },
        ...(superseded && { supersedes: superseded }),
      },
      idempotencyKey: randomKey(),
    }),
    [version, reason, superseded],
  );
  const request = useRequest({
    send: api =>
      api.promote(model.name, sent.body, {
        idempotencyKey: sent.idempotencyKey,
      }),
    done: texts.deploy.started,
    onDone: onStarted,
    onClose,
  });
  return (
    <EffectsDialog
      title={texts.promote.title(model.name, version)}
      will={[
        ...texts.promote.will(
          version,
          outlook.status === 'ready' ? outlook.data : undefined,
        ),
        ...(supersedes ? [texts.waiting.supersedes(supersedes)] : []),
        ...(evaluated.waits ? [evaluationTexts.waitsAtGate(version)] : []),
      ]}
      submit={texts.promote.submit(version)}
      action={action.enabled ? evaluated.action : action}
      request={request}
      onClose={onClose}
    >
      <TextAreaField
        label={texts.deploy.reason}
        description={texts.deploy.reasonHelp}
        value={reason}
        onChange={setReason}
        rows={2}
        maxLength={1000}
      />
    </EffectsDialog>
  );
}
