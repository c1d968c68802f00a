import type { ModelFile, OnnxTensor } from '@ml-platform/plugin-ml-common';

/** Inputs and outputs; a tensor without a shape leaves it to people. */
export interface Tensors {
  inputs: OnnxTensor[];
  outputs: OnnxTensor[];
}

/** What `ml init` makes of a model: the part of `model.yaml` that depends on its format. */
export interface Proposal
  extends Tensors,
    Pick<ModelFile, 'format' | 'artifact' | 'mlserver' | 'container'> {
  /** Files to copy, by their path in the package. */
  copies: Record<string, string>;
  /** Texts to write, by their path in the package. */
  contents: Record<string, string>;
  lineage?: Omit<NonNullable<ModelFile['lineage']>, 'code'>;
  /** Where inputs and outputs come from, as the beginning of a sentence. */
  interfaceFrom: string;
  /** What the user should know of it. */
  notes: string[];
}
