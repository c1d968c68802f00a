import { Text } from '@backstage/ui';
import { useMlQuery } from '../../hooks/useMlQuery';
import { loadAliasMoves } from '../../lib/aliasMoves';
import { texts } from '../../texts';
import { Section } from '../ModelCard';
import { Actor, RelativeTime } from '../shared';
import { LoadingState, QueryView } from '../states';
import classes from './Versions.module.css';

/** Which aliases came to a version and left it. */
export function AliasHistory(props: { model: string; version: string }) {
  const { model, version } = props;
  const say = texts.versionDetails;
  const query = useMlQuery({
    key: `aliases:${model}@${version}`,
    load: api => loadAliasMoves(api, model, version),
    concerns: signal => signal.model === model,
  });
  return (
    <Section title={say.aliases}>
      <QueryView query={query} loading={<LoadingState lines={2} />}>
        {moves =>
          moves.length === 0 ? (
            <Text as="p" variant="body-small" color="secondary">
              {say.noAliases}
            </Text>
          ) : (
            <ul className={classes.moves} aria-label={say.aliases}>
              {moves.map(({ alias, at, by, from, reason, to }) => (
                <li key={`${alias} ${at}`}>
                  <Text variant="body-small">
                    <strong>@{alias}</strong>{' '}
                    {to === version ? say.came(from) : say.left(to)}{' '}
                    <Text variant="body-small" color="secondary">
                      <RelativeTime iso={at} /> by <Actor actor={by} />
                      {reason && `: ${reason}`}
                    </Text>
                  </Text>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Section>
  );
}
