import { useParams } from 'react-router-dom';
import { Alert, Box, Container, Flex, Link, Text } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import {
  isFinal,
  isWaiting,
  type Model,
  type Release,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { releaseDuration } from '../../lib/releases';
import { texts } from '../../texts';
import {
  Actor,
  MirrorTable,
  RelativeTime,
  ReleaseStateLabel,
  VerdictTable,
} from '../shared';
import { LoadingState, QueryView } from '../states';
import { ReleaseButtons } from './ReleaseButtons';
import { ReleaseLog } from './ReleaseLog';
import classes from './ReleasePage.module.css';
import { RolloutCharts } from './RolloutCharts';
import { WeightTrack } from './WeightTrack';

/** `/ml/releases/<id>`: one release, live, from the request to its end. */
export function ReleasePage() {
  const { id = '' } = useParams();
  const query = useMlQuery({
    key: `release:${id}`,
    load: async api => {
      const release = await api.getRelease(id);
      return { release, model: await api.getModel(release.model) };
    },
    concerns: signal => !signal.releaseId || signal.releaseId === id,
    underWay: ({ release }) => !isFinal(release.state),
  });
  return (
    <Container>
      <Flex direction="column" gap="4" mt="4" mb="6">
        <QueryView query={query} loading={<LoadingState lines={10} />}>
          {data => <Whole {...data} onChange={query.reload} />}
        </QueryView>
      </Flex>
    </Container>
  );
}

function Whole(props: {
  model: Model;
  release: Release;
  onChange: () => void;
}) {
  const { release } = props;
  const { error, reason, rollout } = release;
  const verdict =
    rollout?.verdict ??
    rollout?.events.findLast(event => event.verdict)?.verdict;
  return (
    <>
      <Head {...props} />
      {error && <Alert status="danger" icon title={error} />}
      {isWaiting(release.state) && (
        <Alert status="info" icon title={texts.waiting.why(release)} />
      )}
      {rollout?.flagged && (
        <Alert status="warning" icon title={texts.canary.flagged} />
      )}
      {Boolean(rollout?.replayed) && (
        <Alert
          status="info"
          icon
          title={texts.releasePage.replayed(rollout!.replayed!)}
        />
      )}
      {rollout && (
        <Part title={texts.releasePage.course}>
          {!rollout.phase && <WeightTrack rollout={rollout} />}
          {rollout.report && <MirrorTable report={rollout.report} />}
          {!rollout.phase && <RolloutCharts rollout={rollout} />}
        </Part>
      )}
      {rollout && verdict && (
        <Part title={texts.releasePage.verdict}>
          <Text as="p">{verdict.reason}</Text>
          <VerdictTable
            verdict={verdict}
            canary={rollout.canary}
            stable={rollout.stable}
          />
          {rollout.slowMs === undefined && (
            <Text as="p" variant="body-small" color="secondary">
              {texts.canary.noLatency}
            </Text>
          )}
        </Part>
      )}
      {reason && (
        <Part title={texts.deploy.reason}>
          <Text as="p">{reason}</Text>
        </Part>
      )}
      <Part title={texts.releasePage.log}>
        <ReleaseLog release={release} />
      </Part>
    </>
  );
}

function Head(props: { model: Model; release: Release; onChange: () => void }) {
  const { model, release } = props;
  const { environment, fromVersion, kind, number, promotedFrom, version } =
    release;
  const modelPage = useRouteRef(entityRouteRef)?.({
    kind: 'model',
    namespace: 'default',
    name: model.name,
  });
  return (
    <header className={classes.head}>
      <div>
        <Text as="h1" variant="title-medium" weight="bold">
          {texts.releasePage.title(model.name, version, environment)}
        </Text>
        <ReleaseStateLabel release={release} />
        <Text as="p" color="secondary">
          {texts.releaseKind[kind]} #{number}
          {fromVersion && <> in place of {fromVersion}</>},{' '}
          {texts.strategy[release.strategy]}, asked for{' '}
          <RelativeTime iso={release.createdAt} /> by{' '}
          <Actor actor={release.requestedBy} />
          {release.finishedAt && <>, took {releaseDuration(release)}</>}.
        </Text>
        <Flex gap="4">
          {modelPage && (
            <Link href={`${modelPage}/deployments`}>
              {texts.releasePage.toModel(model.name)}
            </Link>
          )}
          {release.state === 'approval' && (
            <Link href="/ml/approvals">{texts.waiting.toApprovals}</Link>
          )}
          {promotedFrom && (
            <Link href={`/ml/releases/${promotedFrom}`}>
              {texts.releasePage.promotedFrom}
            </Link>
          )}
        </Flex>
      </div>
      <ReleaseButtons {...props} />
    </header>
  );
}

function Part(props: { title: string; children: React.ReactNode }) {
  return (
    <Box as="section" bg="neutral" className={classes.part}>
      <Text as="h2" variant="body-medium" weight="bold">
        {props.title}
      </Text>
      {props.children}
    </Box>
  );
}
