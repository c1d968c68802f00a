import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Options } from './S3Options';

/** @param how - how long it waits, how often it tries, and the like */
export function createS3Client(
  options: S3Options,
  how: Pick<
    S3ClientConfig,
    'maxAttempts' | 'requestHandler' | 'responseChecksumValidation'
  >,
): S3Client {
  const { accessKeyId, endpoint, forcePathStyle, region, secretAccessKey } =
    options;
  return new S3Client({
    region: region ?? 'us-east-1',
    endpoint,
    forcePathStyle: forcePathStyle ?? endpoint !== undefined,
    credentials:
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey }
        : undefined,
    ...how,
  });
}

/** With one slash at its end, unless it is empty. */
export function keyPrefixOf({ prefix = '' }: S3Options): string {
  return prefix.replace(/^\/+|\/+$/g, '').replace(/.$/, '$&/');
}
