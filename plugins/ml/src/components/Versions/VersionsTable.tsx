import { useMemo, useState } from 'react';
import { Table, Text } from '@backstage/ui';
import { RiInboxLine } from '@remixicon/react';
import type { Model, Page, Version } from '@ml-platform/plugin-ml-common';
import { useReleaseActions } from '../../hooks/useReleaseActions';
import { useVersionRights } from '../../hooks/useVersionRights';
import { type VersionAction, versionActions } from '../../lib/versionActions';
import { texts } from '../../texts';
import { DeployDialog } from '../DeployDialog';
import { LifecycleDialog } from '../Lifecycle';
import { CodeBlock } from '../shared';
import { StateMessage } from '../states';
import { versionColumns } from './columns';

/** The versions of a model, with the button that deploys one. */
export function VersionsTable(props: {
  model: Model;
  page: Page<Version>;
  outdated: boolean;
  /** Versions that are chosen for a comparison. */
  chosen: string[];
  onChoose: (version: string) => void;
  onOpen: (version: string) => void;
  onChange: () => void;
}) {
  const { model, page, outdated, chosen, onChoose, onOpen, onChange } = props;
  const actions = useReleaseActions(model);
  const { manage, remove } = useVersionRights(model.name);
  const [deploying, setDeploying] = useState<string>();
  const [asking, setAsking] = useState<{
    version: string;
    step: VersionAction;
  }>();
  const columns = useMemo(
    () =>
      versionColumns({
        actions,
        onChoose,
        onOpen,
        onDeploy: setDeploying,
        onStep: (version, step) => setAsking({ version, step }),
      }),
    [actions, onChoose, onOpen],
  );
  const rows = useMemo(
    () =>
      page.items.map(version => ({
        ...version,
        id: version.version,
        liveIn: model.deployments
          .filter(each => each.version === version.version)
          .map(each => each.environment),
        chosen: chosen.includes(version.version),
        steps: versionActions({
          version,
          deployments: model.deployments,
          rights: { manage, remove },
        }),
      })),
    [page, model, chosen, manage, remove],
  );
  const asked = rows.find(row => row.id === asking?.version);
  if (rows.length === 0) {
    return (
      <StateMessage
        kind="empty"
        icon={<RiInboxLine />}
        title={texts.versions.empty}
      >
        <Text as="p" color="secondary">
          {texts.versions.emptyHelp}
        </Text>
        <CodeBlock text="npx ml register ." label="command" />
      </StateMessage>
    );
  }
  return (
    <>
      <Table
        columnConfig={columns}
        data={rows}
        isStale={outdated}
        pagination={{ type: 'none' }}
      />
      {deploying && (
        <DeployDialog
          model={model}
          version={deploying}
          onClose={() => setDeploying(undefined)}
          onStarted={onChange}
        />
      )}
      {asking && asked && (
        <LifecycleDialog
          step={asking.step}
          version={asked}
          others={page.items}
          action={asked.steps[asking.step]}
          onDone={onChange}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}
