import type { Deployment } from '@ml-platform/plugin-ml-common';
import { healthView } from '../../lib/health';
import { StateLabel } from './StateLabel';

/** What the data plane says of a deployment. */
export function HealthLabel(props: { deployment: Deployment | undefined }) {
  const { deployment } = props;
  return (
    <StateLabel
      {...healthView(deployment)}
      active={deployment?.health === 'starting'}
    />
  );
}
