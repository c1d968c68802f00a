import { Container, Flex, Text } from '@backstage/ui';
import { RiGitRepositoryLine } from '@remixicon/react';
import type { GitopsStatus } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { Panel } from '../shared';
import { LoadingState, QueryView, StateMessage } from '../states';
import { GitopsHistory } from './GitopsHistory';
import { GitopsTable } from './GitopsTable';
import { RepositoryCard } from './RepositoryCard';

/** `/ml/gitops`: how what runs stands to the files in Git. */
export function GitopsPage() {
  const say = texts.gitops;
  const query = useMlQuery({
    key: 'gitops',
    load: api => api.gitops.status(),
    underWay: isUnderWay,
  });
  return (
    <Container>
      <Flex direction="column" gap="4" mt="4" mb="6">
        <Text as="p" color="secondary">
          {say.intro}
        </Text>
        <QueryView query={query} loading={<LoadingState lines={8} />}>
          {status => renderStatus(status)}
        </QueryView>
      </Flex>
    </Container>
  );

  function renderStatus({ enabled, items, ...status }: GitopsStatus) {
    if (!enabled || !status.repository) {
      return (
        <StateMessage
          kind="empty"
          icon={<RiGitRepositoryLine />}
          title={say.off}
        >
          <Text as="p" color="secondary">
            {say.offHelp}
          </Text>
        </StateMessage>
      );
    }
    return (
      <>
        <RepositoryCard
          repository={status.repository}
          pendingCommits={status.pendingCommits}
          onChange={query.reload}
        />
        {items.length === 0 ? (
          <StateMessage
            kind="empty"
            icon={<RiGitRepositoryLine />}
            title={say.none}
          >
            <Text as="p" color="secondary">
              {say.noneHelp}
            </Text>
          </StateMessage>
        ) : (
          <Panel>
            <GitopsTable items={items} onChange={query.reload} />
          </Panel>
        )}
        <GitopsHistory head={status.repository.head} />
      </>
    );
  }
}

function isUnderWay({ enabled, items, repository }: GitopsStatus): boolean {
  return (
    enabled &&
    (Boolean(repository?.error) ||
      items.some(({ state }) => state !== 'inSync'))
  );
}
