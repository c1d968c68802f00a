import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import type { S3Options } from './S3Options';

/** @param section - its name, for who made a mistake in it */
export function readS3Options(
  config?: Config,
  section = 'ml.artifacts.embedded.s3',
): S3Options | undefined {
  if (!config) return undefined;
  const endpoint = config.getOptionalString('endpoint');
  if (endpoint !== undefined && !isHttp(endpoint)) {
    throw new InputError(
      `${section}.endpoint: '${endpoint}' is no HTTP address; write for instance https://s3.example.com, or leave it out for AWS`,
    );
  }
  const accessKeyId = config.getOptionalString('accessKeyId');
  const secretAccessKey = config.getOptionalString('secretAccessKey');
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new InputError(
      `${section}: accessKeyId and secretAccessKey belong together; give both, or neither to use the credentials of the environment`,
    );
  }
  return {
    bucket: config.getString('bucket'),
    region: config.getOptionalString('region'),
    endpoint,
    prefix: config.getOptionalString('prefix'),
    accessKeyId,
    secretAccessKey,
    forcePathStyle: config.getOptionalBoolean('forcePathStyle'),
    partBytes: config.getOptionalNumber('partBytes'),
  };
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
