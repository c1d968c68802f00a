import {
  Flex,
  Select,
  Text,
  ToggleButton,
  ToggleButtonGroup,
} from '@backstage/ui';
import { RiGitBranchLine } from '@remixicon/react';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import type {
  LineageGraph,
  Model,
  Version,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useModelName } from '../../hooks/useModelName';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import { texts } from '../../texts';
import {
  LoadingState,
  notRegistered,
  QueryView,
  StateMessage,
} from '../states';
import { LineageGraphView } from './LineageGraphView';
import classes from './Lineage.module.css';
import { LineageTable } from './LineageTable';
import { NodeDetails } from './NodeDetails';

/** How many versions are offered; any other is reached through a link. */
const OFFERED = 100;

/** Tab of the entity page: from the deployment back to data, code and parents. */
export function LineageTab() {
  const name = useModelName();
  const [chosen, setChosen] = useSearchParameter('version');
  const query = useMlQuery({
    key: `lineage:${name}`,
    load: async api => {
      const [model, { items }] = await Promise.all([
        api.getModel(name),
        api.listVersions(name, { limit: OFFERED }),
      ]);
      return { model, versions: items };
    },
    concerns: signal => signal.model === name,
  });
  return (
    <EntityInfoCard title={texts.lineage.title}>
      <QueryView
        query={query}
        loading={<LoadingState lines={8} />}
        failed={notRegistered(name)}
      >
        {({ model, versions }) => {
          const version = chosen ?? versionOf(model, versions);
          return version ? (
            <Flex direction="column" gap="4">
              <VersionLineage
                key={version}
                model={name}
                version={version}
                versions={versions.map(item => item.version)}
                onChoose={setChosen}
              />
            </Flex>
          ) : (
            <Nothing title={texts.lineage.empty} />
          );
        }}
      </QueryView>
    </EntityInfoCard>
  );
}

/** What people ask about first: what is live in production. */
function versionOf(model: Model, versions: Version[]): string | undefined {
  const live = model.deployments.find(
    ({ environment }) => environment === 'production',
  )?.version;
  return live ?? model.latestVersion ?? versions[0]?.version;
}

function VersionLineage(props: {
  model: string;
  version: string;
  versions: string[];
  onChoose: (version: string) => void;
}) {
  const { model, onChoose, version, versions } = props;
  const [view, setView] = useSearchParameter('as');
  const query = useMlQuery({
    key: `lineage:${model}@${version}`,
    load: api => api.lineage.get(model, version),
    concerns: signal => signal.model === model,
  });
  const offered = versions.includes(version)
    ? versions
    : [version, ...versions];
  return (
    <>
      <Flex justify="between" align="end" gap="4">
        <Select
          className={classes.versions}
          label={texts.lineage.version}
          options={offered.map(id => ({ value: id, label: id }))}
          value={version}
          onChange={key => key !== null && onChoose(String(key))}
        />
        <ToggleButtonGroup
          aria-label={texts.lineage.view}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[view === 'table' ? 'table' : 'graph']}
          onSelectionChange={keys =>
            setView([...keys][0] === 'table' ? 'table' : undefined)
          }
        >
          <ToggleButton id="graph">{texts.lineage.graph}</ToggleButton>
          <ToggleButton id="table">{texts.lineage.table}</ToggleButton>
        </ToggleButtonGroup>
      </Flex>
      <QueryView query={query} loading={<LoadingState lines={8} />}>
        {graph => <Lineage graph={graph} asTable={view === 'table'} />}
      </QueryView>
    </>
  );
}

function Lineage(props: { graph: LineageGraph; asTable: boolean }) {
  const { asTable, graph } = props;
  const [open, setOpen] = useSearchParameter('node');
  const node = graph.nodes.find(({ id }) => id === open);
  const View = asTable ? LineageTable : LineageGraphView;
  return (
    <>
      {graph.truncatedBy && (
        <Text as="p" color="secondary">
          {texts.lineage.truncated[graph.truncatedBy](graph.depth)}
        </Text>
      )}
      {graph.edges.length ? (
        <View graph={graph} onOpen={setOpen} />
      ) : (
        <Nothing title={texts.lineage.title}>{texts.lineage.none}</Nothing>
      )}
      {node && <NodeDetails node={node} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function Nothing(props: { title: string; children?: string }) {
  return (
    <StateMessage kind="empty" icon={<RiGitBranchLine />} title={props.title}>
      {props.children && (
        <Text as="p" color="secondary">
          {props.children}
        </Text>
      )}
    </StateMessage>
  );
}
