import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import {
  createFormField,
  FormFieldBlueprint,
} from '@backstage/plugin-scaffolder-react/alpha';
import { texts } from '../texts';
import { isComplete, type RepositoryTarget } from './repositoryTarget';
import { validateModelName } from './validateModelName';

const modelName = FormFieldBlueprint.make({
  name: 'ml-model-name',
  params: {
    field: async () => {
      const { ModelNameField } = await import('./ModelNameField');
      return createFormField({
        name: 'MlModelName',
        component: ModelNameField,
        validation: validateModelName,
        schema: makeFieldSchema({ output: z => z.string() }),
      });
    },
  },
});

const repository = FormFieldBlueprint.make({
  name: 'ml-repository',
  params: {
    field: async () => {
      const { RepositoryField } = await import('./RepositoryField');
      return createFormField({
        name: 'MlRepository',
        component: RepositoryField,
        validation: (value: RepositoryTarget, validation) => {
          if (!isComplete(value)) validation.addError(texts.wizard.missing);
        },
        schema: makeFieldSchema({
          output: z =>
            z.object({
              kind: z.enum(['portal', 'github', 'gitlab']),
              repoUrl: z.string().optional(),
            }),
        }),
      });
    },
  },
});

/**
 * Fields of the template `new-model`. A module of the scaffolder: install it
 * beside the plugin.
 * @public
 */
export const mlScaffolderModule = createFrontendModule({
  pluginId: 'scaffolder',
  extensions: [modelName, repository],
});
