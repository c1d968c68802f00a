/**
 * Backend plugin `ml`: the control plane of ML Platform.
 * @packageDocumentation
 */
export { mlPlugin as default } from './plugin';
export { serviceAccountTokens } from './serviceAccounts/serviceAccountTokens';
