export { temporaryFolder } from './temporaryFolder';
export { modelYaml, writePackage, type PackageChanges } from './writePackage';
