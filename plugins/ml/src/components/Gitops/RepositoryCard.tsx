import { useState } from 'react';
import { Button, Flex, Text } from '@backstage/ui';
import { toastApiRef } from '@backstage/frontend-plugin-api';
import { useApi } from '@backstage/core-plugin-api';
import type { GitopsStatus } from '@ml-platform/plugin-ml-common';
import { mlApiRef } from '../../api/MlApi';
import { messageOf } from '../../lib/errors';
import { texts } from '../../texts';
import { CodeBlock, Panel, RelativeTime, StateLabel } from '../shared';

/** Where desired state lies, and whether it can be reached. */
export function RepositoryCard(props: {
  repository: NonNullable<GitopsStatus['repository']>;
  pendingCommits: number;
  onChange: () => void;
}) {
  const { onChange, pendingCommits, repository } = props;
  const { branch, checkedAt, error, head, kind, url } = repository;
  const say = texts.gitops;
  const api = useApi(mlApiRef);
  const toasts = useApi(toastApiRef);
  const [looking, setLooking] = useState(false);
  const look = async () => {
    setLooking(true);
    try {
      await api.gitops.sync();
      toasts.post({ title: say.synced, status: 'info', timeout: 6000 });
    } catch (failure) {
      toasts.post({ title: messageOf(failure), status: 'danger' });
    } finally {
      setLooking(false);
      onChange();
    }
  };
  const helper =
    kind === 'embedded'
      ? `-c credential.helper='!npx ml gitops credential' `
      : '';
  return (
    <Panel label={say.repository} isBroken={Boolean(error)}>
      <Flex justify="between" align="center" gap="3">
        <StateLabel
          tone={error ? 'danger' : 'success'}
          word={error ? say.away : say.reachable}
        />
        <Button
          size="small"
          variant="secondary"
          isPending={looking}
          onPress={look}
        >
          {say.sync}
        </Button>
      </Flex>
      {error && (
        <Text as="p" role="alert">
          {error} {say.awayHelp(pendingCommits)}
        </Text>
      )}
      <Text as="p" color="secondary">
        {say.kind[kind]} · {say.branch}: {branch} · {say.head}:{' '}
        {head ? <code title={head}>{head.slice(0, 12)}</code> : say.noHead} ·{' '}
        {say.checked}:{' '}
        {checkedAt ? <RelativeTime iso={checkedAt} /> : say.neverChecked} ·{' '}
        {say.pending}: {pendingCommits}
      </Text>
      <CodeBlock label={say.clone} text={`git clone ${helper}${url}`} />
    </Panel>
  );
}
