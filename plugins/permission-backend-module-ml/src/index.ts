/**
 * The roles of ML Platform as a permission policy.
 *
 * @packageDocumentation
 */
export { permissionModuleMl as default } from './module';
export * from './MlDecisions';
export * from './AccessDirectory';
