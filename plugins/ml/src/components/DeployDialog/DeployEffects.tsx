import { Box, Text } from '@backstage/ui';
import {
  apiVersionOf,
  findBreakingChanges,
  type Environment,
  type Release,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { evaluationTexts } from '../../evaluationTexts';
import { changesApiVersion } from '../../lib/actions';
import { texts } from '../../texts';
import classes from './DeployDialog.module.css';

interface Side {
  version: string;
  details?: Version;
}

/** Says, before it is done, what a deploy will do. */
export function DeployEffects(props: {
  environment: Environment;
  from: Side | undefined;
  to: Side;
  canary: boolean;
  /** Whether the platform evaluates it first. */
  waitsAtGate: boolean;
  /** What waits there, and ends. */
  supersedes?: Release;
}) {
  const { environment, from, to, canary, supersedes, waitsAtGate } = props;
  const newApi = changesApiVersion(from?.version, to.version);
  const breaking =
    newApi && from?.details && to.details
      ? findBreakingChanges(from.details.interface, to.details.interface)
      : [];
  return (
    <Box
      as="section"
      bg="neutral"
      className={classes.effects}
      aria-live="polite"
    >
      <Text as="h3" variant="body-small" weight="bold">
        {texts.deploy.willHappen}
      </Text>
      <ul>
        <Item>
          {!from && texts.deploy.first(to.version, environment)}
          {from &&
            texts.deploy[newApi ? 'changeOfApi' : 'change'](
              from.version,
              to.version,
              environment,
            )}
        </Item>
        {supersedes && <Item>{texts.waiting.supersedes(supersedes)}</Item>}
        {waitsAtGate && <Item>{evaluationTexts.waitsAtGate(to.version)}</Item>}
        <Item>{texts.deploy.order}</Item>
        {from && canary && <Item>{texts.canary.effect(from.version)}</Item>}
        {from && canary && <Item>{texts.canary.effectBad}</Item>}
        {from && <Item>{texts.deploy.warm(from.version)}</Item>}
        {from && newApi && (
          <Item>
            {texts.deploy.newApi(
              apiVersionOf(from.version),
              apiVersionOf(to.version),
            )}
          </Item>
        )}
        {breaking.length > 0 && (
          <Item>
            {texts.deploy.breaking}{' '}
            {breaking.map(change => change.message).join('; ')}.
          </Item>
        )}
      </ul>
    </Box>
  );
}

function Item(props: { children: React.ReactNode }) {
  return (
    <li>
      <Text variant="body-small">{props.children}</Text>
    </li>
  );
}
