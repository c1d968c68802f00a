import { screen } from '@testing-library/react';
import {
  createExtensionTester,
  mockApis,
  renderTestApp,
} from '@backstage/frontend-test-utils';
import { createTestEntityPage } from '@backstage/plugin-catalog-react/testUtils';
import type { Entity } from '@backstage/catalog-model';
import { modelEntity } from './__testUtils__/fixtures';
import { mlApiMock } from './__testUtils__/renderWithMl';
import mlPlugin, { mlIconsModule } from './index';

const card = mlPlugin.getExtension('entity-card:ml/environments');

function renderEntityPage(entity: Entity) {
  renderTestApp({
    extensions: [createTestEntityPage({ entity }), card],
    apis: [mlApiMock(), mockApis.permission()],
  });
}

it('brings the page of all models', () => {
  const page = mlPlugin.getExtension('page:ml');
  expect(createExtensionTester(page).query(page).node.spec.id).toBe('page:ml');
});

it('adds its cards to the page of a model', async () => {
  renderEntityPage(modelEntity);
  expect(
    await screen.findByRole('region', { name: 'Production' }),
  ).toBeInTheDocument();
});

it('leaves the pages of other entities alone', async () => {
  renderEntityPage({
    ...modelEntity,
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
  });
  expect(
    screen.queryByRole('region', { name: 'Production' }),
  ).not.toBeInTheDocument();
});

it('gives the kind its icon through the app', () => {
  expect(mlIconsModule.pluginId).toBe('app');
});
