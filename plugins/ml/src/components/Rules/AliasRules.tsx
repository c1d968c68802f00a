import { useState } from 'react';
import { Flex, Text } from '@backstage/ui';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import { mlVersionManagePermission } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useRight } from '../../hooks/useRight';
import { firstReason, rightReason } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton, Actor, CodeBlock, RelativeTime } from '../shared';
import { notRegistered, QueryView } from '../states';
import { AliasPolicyDialog } from './AliasPolicyDialog';
import { RulesTable } from './RulesTable';

/** The aliases of a model, who may move them, and what a version needs. */
export function AliasRules(props: { model: string }) {
  const { model } = props;
  const say = texts.rules.aliases;
  const [editing, setEditing] = useState<string>();
  const mayManage = useRight(mlVersionManagePermission, model);
  const action = firstReason(rightReason(mayManage, texts.rules.mayNotManage));
  const query = useMlQuery({
    key: `aliases:${model}`,
    load: api => api.aliases.list(model),
    concerns: signal => signal.model === model,
  });
  return (
    <EntityInfoCard title={say.title}>
      <QueryView query={query} failed={notRegistered(model)}>
        {({ items }) =>
          items.length === 0 ? (
            <Flex direction="column" gap="3">
              <Text as="p" color="secondary">
                {say.none}
              </Text>
              <CodeBlock label={say.title} text={say.noneCommand(model)} />
            </Flex>
          ) : (
            <>
              <RulesTable
                label={say.title}
                columns={Object.values(say.columns)}
                rows={items.map(alias => ({
                  key: alias.name,
                  cells: [
                    alias.name,
                    alias.version,
                    <>
                      <RelativeTime iso={alias.movedAt} /> by{' '}
                      <Actor actor={alias.movedBy} />
                    </>,
                    alias.policy?.movers.join(', ') || say.anybody,
                    alias.policy?.evidence.join(', ') || say.nothing,
                    <ActionButton
                      key="change"
                      action={action}
                      label={say.change}
                      description={say.changeOf(alias.name)}
                      onPress={() => setEditing(alias.name)}
                    />,
                  ],
                }))}
              />
              {editing !== undefined && (
                <AliasPolicyDialog
                  model={model}
                  alias={editing}
                  policy={items.find(({ name }) => name === editing)?.policy}
                  action={action}
                  onDone={query.reload}
                  onClose={() => setEditing(undefined)}
                />
              )}
            </>
          )
        }
      </QueryView>
    </EntityInfoCard>
  );
}
