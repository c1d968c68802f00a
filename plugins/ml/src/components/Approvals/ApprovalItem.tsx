import { useState } from 'react';
import { Flex, Text } from '@backstage/ui';
import { DEFAULT_NAMESPACE } from '@backstage/catalog-model';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { Approval, ApprovalKindInfo } from '@ml-platform/plugin-ml-common';
import { useApprovalRight } from '../../hooks/useApprovalRight';
import {
  approvalActions,
  type Decision,
  DECISIONS,
} from '../../lib/approvalActions';
import type { Tone } from '../../lib/health';
import { texts } from '../../texts';
import {
  ActionButton,
  Actor,
  CardItem,
  RelativeTime,
  StateLabel,
} from '../shared';
import classes from './Approvals.module.css';
import { BreakGlass } from './BreakGlass';
import { DecisionDialog } from './DecisionDialog';

const TONES: Record<Approval['state'], Tone> = {
  pending: 'info',
  approved: 'success',
  used: 'success',
  denied: 'danger',
  withdrawn: 'neutral',
  expired: 'neutral',
};

/** A request, with what the user can do about it. */
export function ApprovalItem(props: {
  approval: Approval;
  kind: ApprovalKindInfo | undefined;
  identity: string;
  onDone: () => void;
}) {
  const { approval, identity, onDone } = props;
  const say = texts.approvals;
  const mayDecide = useApprovalRight(approval, props.kind);
  const actions = approvalActions(approval, { identity, mayDecide });
  const [deciding, setDeciding] = useState<Decision>();
  const subject = say.subject(approval);
  return (
    <CardItem
      title={subject}
      state={
        <StateLabel
          word={say.state[approval.state]}
          tone={TONES[approval.state]}
        />
      }
    >
      <Text as="p" variant="body-small" color="secondary">
        {approval.model ? (
          <EntityRefLink
            entityRef={{
              kind: 'model',
              namespace: DEFAULT_NAMESPACE,
              name: approval.model,
            }}
            title={approval.model}
            hideIcon
          />
        ) : (
          say.platform
        )}{' '}
        · asked for by <Actor actor={approval.requestedBy} />{' '}
        <RelativeTime iso={approval.requestedAt} />
        {approval.state === 'pending' && (
          <>
            {' '}
            · expires <RelativeTime iso={approval.expiresAt} />
          </>
        )}
        {approval.decidedBy && approval.decidedAt && (
          <>
            {' '}
            · {say.state[approval.state].toLowerCase()} by{' '}
            <Actor actor={approval.decidedBy} />{' '}
            <RelativeTime iso={approval.decidedAt} />
          </>
        )}
      </Text>
      <blockquote className={classes.reason}>
        <Text>{approval.reason}</Text>
      </blockquote>
      {approval.comment && (
        <Text as="p" variant="body-small">
          {say.comment}: {approval.comment}
        </Text>
      )}
      <div>
        <Text as="p" variant="body-small" weight="bold">
          {say.consequences}
        </Text>
        <ul>
          {approval.consequences.map(consequence => (
            <li key={consequence}>
              <Text variant="body-small">{consequence}</Text>
            </li>
          ))}
        </ul>
      </div>
      {approval.state === 'pending' && (
        <Flex gap="2">
          {DECISIONS.map(decision => (
            <ActionButton
              key={decision}
              action={actions[decision]}
              label={say.decision[decision]}
              description={say.describe(say.decision[decision], subject)}
              variant={decision === 'approve' ? 'primary' : 'secondary'}
              onPress={() => setDeciding(decision)}
            />
          ))}
        </Flex>
      )}
      <BreakGlass
        approval={approval}
        kind={props.kind}
        identity={identity}
        mayDecide={mayDecide}
        onDone={onDone}
      />
      {deciding && (
        <DecisionDialog
          approval={approval}
          decision={deciding}
          action={actions[deciding]}
          onDone={onDone}
          onClose={() => setDeciding(undefined)}
        />
      )}
    </CardItem>
  );
}
