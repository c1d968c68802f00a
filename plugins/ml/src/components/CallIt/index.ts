export { CallIt } from './CallIt';
