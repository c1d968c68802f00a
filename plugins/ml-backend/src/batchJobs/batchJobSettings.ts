import { resolve } from 'node:path';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import { readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { parseByteSize } from '@ml-platform/plugin-ml-common';

const KEY = 'ml.batch';
const GIB = 1024 ** 3;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export interface BatchJobSettings {
  /** Absolute: a folder for each job. */
  directory: string;
  maxBytes: number;
  /** Milliseconds. */
  keepFor: number;
}

/** Reads `ml.batch`; what cannot be used is refused at the start. */
export function readBatchJobSettings(
  config: RootConfigService,
): BatchJobSettings {
  const size = config.getOptionalString(`${KEY}.maxInputSize`);
  const maxBytes = size === undefined ? GIB : parseByteSize(size);
  if (maxBytes === undefined) {
    throw new InputError(
      `${KEY}.maxInputSize: '${size}' is no size; write 500MiB or 2GiB`,
    );
  }
  return {
    directory: resolve(
      config.getOptionalString(`${KEY}.directory`) ?? '.ml/batch',
    ),
    maxBytes,
    keepFor: config.has(`${KEY}.keepFor`)
      ? durationToMilliseconds(
          readDurationFromConfig(config, { key: `${KEY}.keepFor` }),
        )
      : WEEK_MS,
  };
}
