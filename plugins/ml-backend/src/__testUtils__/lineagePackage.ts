import { stringify } from 'yaml';
import type { Lineage } from '@ml-platform/plugin-ml-common';
import { examplePackage, type PackageFiles } from './packages';

/** A package of any name that says this of where it came from. */
export function lineagePackage(options: {
  model: string;
  version: string;
  owner?: string;
  lineage: Lineage;
}): PackageFiles {
  const { lineage, model, owner = 'quality-team', version } = options;
  return examplePackage('wine-classifier', {
    'model.yaml': [
      [/^name: .*$/m, `name: ${model}`],
      [/^version: .*$/m, `version: ${version}`],
      [/^owner: .*$/m, `owner: group:default/${owner}`],
      [/^lineage:[\s\S]*$/m, stringify({ lineage })],
    ],
  });
}
