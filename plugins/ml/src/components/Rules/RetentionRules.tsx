import { useState } from 'react';
import { Flex, Text } from '@backstage/ui';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import {
  mlVersionDeletePermission,
  mlVersionManagePermission,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useRequest } from '../../hooks/useRequest';
import { useRight } from '../../hooks/useRight';
import { firstReason, rightReason } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton, Actor, RelativeTime } from '../shared';
import { notRegistered, QueryView } from '../states';
import { RetentionDialog } from './RetentionDialog';
import { RetentionPreviewTable } from './RetentionPreviewTable';

/** Which versions of a model stay, and what would go. */
export function RetentionRules(props: { model: string }) {
  const { model } = props;
  const say = texts.rules.retention;
  const [editing, setEditing] = useState(false);
  const mayManage = useRight(mlVersionManagePermission, model);
  const mayDelete = useRight(mlVersionDeletePermission, model);
  const query = useMlQuery({
    key: `retention:${model}`,
    load: async api => {
      const { rule } = await api.retention.get(model);
      return {
        rule,
        preview: rule && (await api.retention.preview(model)),
      };
    },
    concerns: signal => signal.model === model,
  });
  const propose = useRequest({
    send: api => api.retention.propose(model),
    done: ({ approval }) => (approval ? say.proposed : say.nothing),
    onDone: query.reload,
    onClose: () => {},
  });
  const manage = firstReason(rightReason(mayManage, texts.rules.mayNotManage));
  return (
    <EntityInfoCard title={say.title}>
      <QueryView query={query} failed={notRegistered(model)}>
        {({ preview, rule }) => (
          <Flex direction="column" gap="3">
            {rule ? (
              <Text as="p">
                {say.rule(rule.keepNewest, rule.keepDays)}{' '}
                {rule.protected.length > 0 && say.protected(rule.protected)}{' '}
                {say.setBy} <Actor actor={rule.setBy} />{' '}
                <RelativeTime iso={rule.setAt} />.
              </Text>
            ) : (
              <Text as="p" color="secondary">
                {say.none}
              </Text>
            )}
            <Flex gap="2">
              <ActionButton
                action={manage}
                label={say.edit}
                onPress={() => setEditing(true)}
              />
              {preview && (
                <ActionButton
                  action={firstReason(
                    rightReason(mayDelete, texts.rules.mayNotDelete),
                    preview.remove.length === 0 && `${say.nothing}.`,
                    propose.sending && texts.effects.sending,
                  )}
                  label={say.propose}
                  onPress={propose.submit}
                />
              )}
            </Flex>
            {propose.error && (
              <Text as="p" color="danger" role="alert">
                {propose.error}
              </Text>
            )}
            {preview && <RetentionPreviewTable preview={preview} />}
            {editing && (
              <RetentionDialog
                model={model}
                rule={rule}
                action={manage}
                onDone={query.reload}
                onClose={() => setEditing(false)}
              />
            )}
          </Flex>
        )}
      </QueryView>
    </EntityInfoCard>
  );
}
