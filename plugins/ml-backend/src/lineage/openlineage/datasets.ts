import type { Lineage } from '@ml-platform/plugin-ml-common';
import { ownFacet, standardFacet } from './facets';

export interface OpenLineageDataset {
  namespace: string;
  name: string;
  facets?: Record<string, object>;
}

/** A version as what a training makes and a deployment takes. */
export function versionDataset(options: {
  namespace: string;
  model: string;
  version: string;
  digest?: string;
}): OpenLineageDataset {
  const { digest, model, namespace, version } = options;
  return {
    namespace,
    name: `models/${model}`,
    facets: {
      version: standardFacet('DatasetVersionDatasetFacet', {
        datasetVersion: version,
      }),
      datasetType: standardFacet('DatasetTypeDatasetFacet', {
        datasetType: 'MODEL',
      }),
      ...(digest && { ml_digest: ownFacet('DigestDatasetFacet', { digest }) }),
    },
  };
}

/** A dataset that a version was made with. */
export function inputDataset(
  dataset: NonNullable<Lineage['datasets']>[number],
  context: { namespace: string; model: string },
): OpenLineageDataset {
  const { digest, name, role = 'training', uri } = dataset;
  const version = dataset.version ?? digest;
  return {
    ...placeOf(uri, name, context),
    facets: {
      ...(version && {
        version: standardFacet('DatasetVersionDatasetFacet', {
          datasetVersion: version,
        }),
      }),
      ...(digest && { ml_digest: ownFacet('DigestDatasetFacet', { digest }) }),
      ml_role: ownFacet('RoleDatasetFacet', { name, role }),
    },
  };
}

/**
 * Namespace and name of a URI: `s3://bucket` and the key, `https://host` and
 * the path, `file` and the path.
 *
 * Source: naming of datasets, https://openlineage.io/docs/spec/naming
 */
function placeOf(
  uri: string | undefined,
  name: string,
  context: { namespace: string; model: string },
): { namespace: string; name: string } {
  const parsed = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?(.*)$/i.exec(
    uri ?? '',
  );
  if (!parsed) {
    // Known by this model alone: a name, or a path in its repository.
    return {
      namespace: context.namespace,
      name: `models/${context.model}/data/${uri ?? name}`,
    };
  }
  const [, scheme, authority, rest] = parsed;
  // An account in a URI is nobody's business.
  const host = authority?.replace(/^.*@/, '');
  return {
    namespace: host ? `${scheme}://${host}` : scheme,
    name: (host ? rest.replace(/^\/+/, '') : rest) || '/',
  };
}
