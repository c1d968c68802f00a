/**
 * Models and versions in Backstage's search.
 *
 * @packageDocumentation
 */
export { searchModuleMl as default } from './module';
export type { ModelDocument, VersionDocument } from './documents';
