import type { Grant } from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { ENABLED } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';

/** Asks once before a grant ends. */
export function RevokeGrantDialog(props: {
  grant: Grant;
  onDone: () => void;
  onClose: () => void;
}) {
  const { grant, onClose, onDone } = props;
  const say = texts.access.grants;
  const request = useRequest({
    send: api => api.access.revokeGrant(grant.id),
    done: say.revoked,
    ...{ onDone, onClose },
  });
  return (
    <EffectsDialog
      title={say.revokeTitle(grant)}
      will={say.revokeWill(grant)}
      willNot={say.revokeWillNot}
      submit={say.revoke}
      action={ENABLED}
      request={request}
      onClose={onClose}
    />
  );
}
