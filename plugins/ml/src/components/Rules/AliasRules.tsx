import { Text } from '@backstage/ui';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { Actor, RelativeTime } from '../shared';
import { notRegistered, QueryView } from '../states';
import { RulesTable } from './RulesTable';

/** The aliases of a model, who may move them, and what a version needs. */
export function AliasRules(props: { model: string }) {
  const { model } = props;
  const say = texts.rules.aliases;
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
            <Text as="p" color="secondary">
              {say.none}
            </Text>
          ) : (
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
                ],
              }))}
            />
          )
        }
      </QueryView>
    </EntityInfoCard>
  );
}
