import {
  ApiBlueprint,
  createFrontendModule,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { IconBundleBlueprint } from '@backstage/plugin-app-react';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import {
  SearchFilterResultTypeBlueprint,
  SearchResultListItemBlueprint,
} from '@backstage/plugin-search-react/alpha';
import { MlClient } from '@ml-platform/plugin-ml-common';
import { RiBrainLine, RiPriceTag3Line } from '@remixicon/react';
import { mlApiRef } from './api/MlApi';
import { rootRouteRef } from './routes';
import { texts } from './texts';

const api = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: mlApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new MlClient({
          baseUrl: () => discoveryApi.getBaseUrl('ml'),
          fetch: fetchApi.fetch,
        }),
    }),
});

const modelsPage = PageBlueprint.make({
  params: {
    path: '/ml',
    title: texts.models.title,
    icon: <RiBrainLine />,
    routeRef: rootRouteRef,
    loader: () => import('./components/MlPages').then(m => <m.MlPages />),
  },
});

const environmentsCard = EntityCardBlueprint.make({
  name: 'environments',
  params: {
    type: 'content',
    filter: { kind: 'model' },
    loader: () =>
      import('./components/Environments').then(m => <m.EnvironmentsCard />),
  },
});

const overviewCard = EntityCardBlueprint.make({
  name: 'overview',
  params: {
    type: 'content',
    filter: { kind: 'model' },
    loader: () => import('./components/Overview').then(m => <m.OverviewCard />),
  },
});

const versionsContent = EntityContentBlueprint.make({
  name: 'versions',
  params: {
    path: '/versions',
    title: texts.versions.title,
    filter: { kind: 'model' },
    loader: () => import('./components/Versions').then(m => <m.VersionsTab />),
  },
});

const deploymentsContent = EntityContentBlueprint.make({
  name: 'deployments',
  params: {
    path: '/deployments',
    title: texts.deployments.title,
    filter: { kind: 'model' },
    loader: () =>
      import('./components/Deployments').then(m => <m.DeploymentsTab />),
  },
});

const lineageContent = EntityContentBlueprint.make({
  name: 'lineage',
  params: {
    path: '/lineage',
    title: texts.lineage.title,
    filter: { kind: 'model' },
    loader: () => import('./components/Lineage').then(m => <m.LineageTab />),
  },
});

const rulesContent = EntityContentBlueprint.make({
  name: 'rules',
  params: {
    path: '/rules',
    title: texts.rules.title,
    filter: { kind: 'model' },
    loader: () => import('./components/Rules').then(m => <m.RulesTab />),
  },
});

const searchResult = SearchResultListItemBlueprint.make({
  params: {
    predicate: ({ type }) => type === 'ml-model' || type === 'ml-version',
    component: async () =>
      (await import('./components/Search')).RegistrySearchResult,
  },
});

const searchModels = SearchFilterResultTypeBlueprint.make({
  name: 'ml-models',
  params: {
    value: 'ml-model',
    name: texts.searchResult.models,
    icon: <RiBrainLine />,
  },
});

const searchVersions = SearchFilterResultTypeBlueprint.make({
  name: 'ml-versions',
  params: {
    value: 'ml-version',
    name: texts.searchResult.versions,
    icon: <RiPriceTag3Line />,
  },
});

/**
 * The portal's pages for models.
 * @public
 */
export const mlPlugin = createFrontendPlugin({
  pluginId: 'ml',
  title: texts.models.title,
  icon: <RiBrainLine />,
  info: { packageJson: () => import('../package.json') },
  routes: { root: rootRouteRef },
  extensions: [
    api,
    modelsPage,
    environmentsCard,
    overviewCard,
    versionsContent,
    deploymentsContent,
    lineageContent,
    rulesContent,
    searchResult,
    searchModels,
    searchVersions,
  ],
});

/**
 * Gives the `Model` kind its icon everywhere in the catalog. A module of the
 * app, because only the app may bring icons: install it beside the plugin.
 * @public
 */
export const mlIconsModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    IconBundleBlueprint.make({
      name: 'ml',
      params: { icons: { 'kind:model': <RiBrainLine /> } },
    }),
  ],
});
