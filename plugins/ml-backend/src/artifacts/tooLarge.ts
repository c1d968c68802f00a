import { modelOfRepository } from '@ml-platform/plugin-ml-common';
import { OciError } from './OciError';

/** The refusal of what is above the limit, with the way to a higher one. */
export function tooLarge(maxSize: number, repository: string): OciError {
  const model = modelOfRepository(repository);
  return new OciError({
    status: 413,
    code: 'SIZE_INVALID',
    message: `the artifact is larger than this store accepts, which is ${maxSize} bytes; make it smaller, or ${
      model
        ? `ask for an exception, which a second person approves: ml limits request ${model} --size <size> --until <day> --reason <why>. A model that has no version yet is created first: ml models create ${model} --owner <team> --description <text>`
        : 'ask a platform admin for a higher limit (ml.artifacts.embedded.maxArtifactBytes)'
    }`,
    detail: { maxBytes: maxSize },
  });
}
