/**
 * Actions for software templates about machine learning models.
 *
 * @packageDocumentation
 */
export { scaffolderModuleMl as default } from './module';
