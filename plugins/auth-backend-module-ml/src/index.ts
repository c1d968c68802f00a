/**
 * Sign-in by OpenID Connect, with people and teams from the catalog and from
 * the company's groups.
 *
 * @packageDocumentation
 */
export { authModuleMl as default } from './module';
