import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';

/** To the lineage of a version, on the page of its model. */
export function VersionLink(props: { model: string; version: string }) {
  const { model, version } = props;
  const entityPage = useRouteRef(entityRouteRef)({
    namespace: 'default',
    kind: 'model',
    name: model,
  });
  return (
    <Link to={`${entityPage}/lineage?version=${encodeURIComponent(version)}`}>
      {model}@{version}
    </Link>
  );
}
