// Lineage as the API answers it, without HTTP and without a permission policy.
import { datasetDigest, versionName } from './registryContent.mjs';

const DEPTH = 5;

/** Each gives one run; what it found has `items`. */
export function lineageMeasures({ knex, registryStore, shape, source }) {
  const { LineageService } = source('../lineage/LineageService');
  const { DatabaseLineageStore } = source('../lineage/DatabaseLineageStore');
  const { DatabaseReleaseStore } = source('../releases/DatabaseReleaseStore');
  const lineage = new LineageService({
    store: new DatabaseLineageStore({ knex }),
    registry: {
      getVersion: (_context, model, version) =>
        registryStore.getVersion(model, version),
    },
    releases: new DatabaseReleaseStore({ knex }),
    authorizer: { getVisibility: async () => ({ kind: 'all' }) },
  });
  const pick = (random, count) => Math.floor(random() * count);
  const graph = (direction, index) => async random => {
    const model = index ?? pick(random, shape.models);
    const found = await lineage.getGraph(
      {},
      shape.modelName(model),
      versionName(pick(random, shape.countOf(model))),
      { direction, depth: DEPTH },
    );
    return { items: found.nodes };
  };
  return {
    [`lineage, depth ${DEPTH}, upstream`]: graph('upstream'),
    [`lineage, depth ${DEPTH}, downstream`]: graph('downstream'),
    [`lineage, depth ${DEPTH}, both ways`]: graph('both'),
    [`lineage, depth ${DEPTH}, both ways, oldest model`]: graph('both', 0),
    'versions made with a dataset': random =>
      lineage.listDatasetUses({}, datasetDigest(random), { limit: 100 }),
    'versions made with the commonest dataset': () =>
      lineage.listDatasetUses(
        {},
        datasetDigest(() => 0),
        { limit: 100 },
      ),
  };
}
