import { Container, Flex, Text } from '@backstage/ui';
import { RiSwapLine } from '@remixicon/react';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { Model } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { teamsOf } from '../../lib/board';
import { texts } from '../../texts';
import { LoadingState, QueryView, StateMessage } from '../states';
import { BoardRow } from './BoardRow';
import classes from './ReleaseBoard.module.css';
import { ReleaseFigures } from './ReleaseFigures';

const PAGE = 100;

/** `/ml/releases`: by team, what is in staging and what is in production. */
export function ReleaseBoard() {
  const query = useMlQuery({
    key: 'board',
    load: async api => {
      const models: Model[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.listModels({ limit: PAGE, cursor });
        models.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor);
      return teamsOf(models);
    },
    underWay: teams =>
      teams.some(({ models }) =>
        models.some(({ deployments }) =>
          deployments.some(({ activeRelease }) => activeRelease),
        ),
      ),
  });
  return (
    <Container>
      <Flex direction="column" gap="5" mt="4" mb="6">
        <ReleaseFigures />
        <QueryView query={query} loading={<LoadingState lines={8} />}>
          {teams =>
            teams.length === 0 ? (
              <StateMessage
                kind="empty"
                icon={<RiSwapLine />}
                title={texts.board.empty}
              >
                <Text as="p" color="secondary">
                  {texts.board.emptyHelp}
                </Text>
              </StateMessage>
            ) : (
              <>
                {teams.map(({ models, owner }) => (
                  <section key={owner} aria-label={owner}>
                    <Text as="h2" variant="title-x-small" weight="bold">
                      <EntityRefLink entityRef={owner} defaultKind="group" />
                    </Text>
                    <ul className={classes.rows}>
                      {models.map(model => (
                        <BoardRow
                          key={model.name}
                          model={model}
                          onChange={query.reload}
                        />
                      ))}
                    </ul>
                  </section>
                ))}
              </>
            )
          }
        </QueryView>
      </Flex>
    </Container>
  );
}
