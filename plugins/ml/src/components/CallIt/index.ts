export { CallIt } from './CallIt';
export { Choice } from './Choice';
