import { Box } from '@backstage/ui';
import { useModel } from '../../hooks/useModel';
import { useModelName } from '../../hooks/useModelName';
import { LoadingState, notRegistered, QueryView } from '../states';
import classes from './Environments.module.css';
import { EnvironmentStrip } from './EnvironmentStrip';

/** Card of the entity page: production and staging at a glance. */
export function EnvironmentsCard() {
  const name = useModelName();
  const query = useModel(name);
  const view = (
    <QueryView
      query={query}
      loading={<LoadingState lines={5} />}
      failed={notRegistered(name)}
    >
      {state => <EnvironmentStrip {...state} onChange={query.reload} />}
    </QueryView>
  );
  // The strip brings its own panels; any other state needs one around it.
  return query.status === 'ready' ? (
    view
  ) : (
    <Box bg="neutral" className={classes.panel}>
      {view}
    </Box>
  );
}
