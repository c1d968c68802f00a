import type { Environment } from '@ml-platform/plugin-ml-common';
import classes from './shared.module.css';

/** Marks a version that is live in an environment. */
export function EnvironmentChip(props: { environment: Environment }) {
  return (
    <span className={classes.chip} data-environment={props.environment}>
      {props.environment}
    </span>
  );
}
