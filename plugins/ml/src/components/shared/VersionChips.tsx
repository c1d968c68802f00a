import type { Version } from '@ml-platform/plugin-ml-common';
import { formatDay } from '../../lib/time';
import { texts } from '../../texts';
import classes from './shared.module.css';

/** The state of a version, where it is a special one, and its aliases. */
export function VersionChips(props: {
  version: Pick<Version, 'state' | 'deprecation' | 'aliases'>;
}) {
  const { aliases, deprecation, state } = props.version;
  return (
    <>
      {state !== 'registered' && (
        <span
          className={classes.chip}
          data-state={state}
          title={deprecation?.reason}
        >
          {state === 'deprecated' && deprecation
            ? texts.deprecatedUntil(
                formatDay(deprecation.sunset),
                deprecation.replacement,
              )
            : texts.versionState[state]}
        </span>
      )}
      {aliases.map(alias => (
        <span
          key={alias}
          className={classes.chip}
          data-kind="alias"
          title={`Alias ${alias}`}
        >
          @{alias}
        </span>
      ))}
    </>
  );
}
