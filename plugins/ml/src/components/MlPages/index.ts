export { MlPages } from './MlPages';
