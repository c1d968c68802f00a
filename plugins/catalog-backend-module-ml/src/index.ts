/**
 * Catalog module: the `Model` kind, and a provider of the registered models.
 * @packageDocumentation
 */
export { catalogModuleMl as default } from './module';
export {
  ModelEntityProvider,
  type ModelEntityProviderOptions,
} from './ModelEntityProvider';
