import { ConflictError } from '@backstage/errors';
import type { RefusalCode } from '@ml-platform/plugin-ml-common';

/** A rule's answer to a release, with the way on. */
export class ReleaseRefusal extends ConflictError {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
