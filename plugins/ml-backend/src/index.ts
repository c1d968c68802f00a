/**
 * Backend plugin `ml`: the control plane of ML Platform.
 * @packageDocumentation
 */
export { auditedPlugins } from './audit/plugins/auditedPlugins';
export { mlPlugin as default } from './plugin';
export { serviceAccountTokens } from './serviceAccounts/serviceAccountTokens';
