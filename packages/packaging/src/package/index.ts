export {
  buildPackage,
  type BuildPackageOptions,
  type BuiltPackage,
} from './buildPackage';
export type { BuiltManifest, MadeBlob, PackageLayer } from './buildManifest';
export { canonicalJson } from './canonicalJson';
export { collectFiles, isIgnored, type SourceFile } from './collectFiles';
export { openFileSource } from './fileSource';
export {
  digestOf,
  expectUnchanged,
  hashFile,
  type HashedFile,
} from './hashFile';
export { listAllFiles } from './listAllFiles';
export { noteDigests } from './noteDigests';
export { validatePackage, type PackageReport } from './validatePackage';
export { DEFAULT_OUTPUT, expectReplaceable, writeLayout } from './writeLayout';
export { withLines } from './withLines';
export { YamlFile } from './YamlFile';
