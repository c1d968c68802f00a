import { Text } from '@backstage/ui';
import type { Tone } from '../../lib/health';
import classes from './shared.module.css';

/** A coloured dot with the word that says the same. */
export function StateLabel(props: {
  word: string;
  tone: Tone;
  /** Something is going on. */
  active?: boolean;
  /** The longer story, for the title. */
  detail?: string;
}) {
  const { word, tone, active, detail } = props;
  return (
    <span className={classes.dotted} title={detail}>
      <span
        className={classes.dot}
        data-tone={tone}
        data-hollow={tone === 'neutral' || undefined}
        data-active={active || undefined}
        aria-hidden
      />
      <Text variant="body-small">{word}</Text>
    </span>
  );
}
