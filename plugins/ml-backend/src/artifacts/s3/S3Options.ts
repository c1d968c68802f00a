/** A bucket of S3, or of a service that speaks its protocol. */
export interface S3Options {
  bucket: string;
  /** `us-east-1` by default. */
  region?: string;
  /** Address of a service other than AWS. */
  endpoint?: string;
  /** Put before the name of each object, e.g. `ml-platform`. */
  prefix?: string;
  /** Without a key, the environment tells it, as for all tools of AWS. */
  accessKeyId?: string;
  secretAccessKey?: string;
  /** Whether the bucket is part of the path rather than of the host name. */
  forcePathStyle?: boolean;
  /** Size of the objects that an upload consists of; 8 MiB by default. */
  partBytes?: number;
}
