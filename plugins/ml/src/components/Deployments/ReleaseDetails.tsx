import { Alert, Link, Text } from '@backstage/ui';
import {
  isFinal,
  type Release,
  type ReleaseState,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { releaseDuration } from '../../lib/releases';
import { texts } from '../../texts';
import { Section } from '../ModelCard';
import {
  Actor,
  ReleaseStateLabel,
  RelativeTime,
  SidePanel,
  Timeline,
  TimelineEntry,
} from '../shared';
import { QueryView } from '../states';
import { RolloutDetails } from './RolloutDetails';

const TONES: Partial<Record<ReleaseState, 'good' | 'bad'>> = {
  succeeded: 'good',
  failed: 'bad',
};

/** One release from the request to its end, step by step. */
export function ReleaseDetails(props: { id: string; onClose: () => void }) {
  const { id, onClose } = props;
  const query = useMlQuery({
    key: `release:${id}`,
    load: api => api.getRelease(id),
    concerns: signal => !signal.releaseId || signal.releaseId === id,
    underWay: release => !isFinal(release.state),
  });
  return (
    <SidePanel
      title={
        query.status === 'ready'
          ? texts.deployments.details(query.data)
          : 'Release'
      }
      onClose={onClose}
    >
      <QueryView query={query}>{release => <Details {...release} />}</QueryView>
    </SidePanel>
  );
}

function Details(release: Release) {
  return (
    <>
      <ReleaseStateLabel release={release} />
      <Link href={`/ml/releases/${release.id}`}>{texts.releasePage.open}</Link>
      <Text as="p">
        {texts.releaseKind[release.kind]} of <strong>{release.version}</strong>
        {release.fromVersion && <> in place of {release.fromVersion}</>}, asked
        for <RelativeTime iso={release.createdAt} /> by{' '}
        <Actor actor={release.requestedBy} />, {release.finishedAt && 'took '}
        {releaseDuration(release)}.
      </Text>
      {release.error && (
        <Alert status="danger" icon title={release.error} mb="3" />
      )}
      {release.reason && (
        <Section title={texts.deploy.reason}>
          <Text as="p">{release.reason}</Text>
        </Section>
      )}
      {release.rollout && (
        <Section title={texts.canary.events}>
          <RolloutDetails rollout={release.rollout} />
        </Section>
      )}
      <Section title="What happened">
        <Transitions release={release} />
      </Section>
    </>
  );
}

function Transitions(props: { release: Release }) {
  const { transitions, createdAt } = props.release;
  if (!transitions?.length) return <Text as="p">{texts.noData}</Text>;
  return (
    <Timeline>
      {transitions.map(({ actor, at, cause, to }) => (
        <TimelineEntry
          key={`${to}${at}`}
          what={texts.releaseState[to]}
          {...{ actor, at, cause }}
          tone={TONES[to]}
          since={createdAt}
        />
      ))}
    </Timeline>
  );
}
