export { LineageTab } from './LineageTab';
