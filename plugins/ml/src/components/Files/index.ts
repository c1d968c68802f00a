export { VersionFiles } from './VersionFiles';
