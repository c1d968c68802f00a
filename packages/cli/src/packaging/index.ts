export {
  buildPackage,
  type BuildPackageOptions,
  type BuiltPackage,
} from './buildPackage';
export type { BuiltManifest, MadeBlob, PackageLayer } from './buildManifest';
export type { SourceFile } from './collectFiles';
export type { HashedFile } from './hashFile';
export { validatePackage, type PackageReport } from './validatePackage';
export { DEFAULT_OUTPUT, writeLayout } from './writeLayout';
