export { VersionSearchPage } from './VersionSearchPage';
