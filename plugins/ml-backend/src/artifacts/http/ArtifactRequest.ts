import type { ResourcePermission } from '@backstage/plugin-permission-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';
import type { Request, Response } from 'express';
import type { ArtifactCaller } from '../ArtifactAudit';
import type { EmbeddedArtifactStore } from '../EmbeddedArtifactStore';

/** What can be read from any store of artifacts. */
export interface ReadableStore
  extends Pick<ArtifactStore, 'getManifest' | 'listReferrers' | 'openBlob'> {
  /** Undefined when the repository does not have the blob. */
  getBlobSize(repository: string, digest: string): Promise<number | undefined>;
}

/** An authenticated and authorized request. */
export interface ArtifactRequest<TStore = EmbeddedArtifactStore> {
  req: Request;
  res: Response;
  store: TStore;
  caller: ArtifactCaller;
  repository: string;
  /** Tag, digest or upload id from the path; empty where there is none. */
  reference: string;
  /** Where this API is mounted, e.g. `/v2`. */
  baseUrl: string;
  /** Asks for one more permission, here or elsewhere; false when the caller lacks it. */
  may: (
    permission: ResourcePermission,
    repository?: string,
  ) => Promise<boolean>;
  /** Whether the caller, and the token, are still good for this request. */
  mayStill: () => Promise<boolean>;
  /** Whether there is no repository that the caller may not read. */
  mayReadAll: () => Promise<boolean>;
}

export type ArtifactHandler<TStore = EmbeddedArtifactStore> = (
  request: ArtifactRequest<TStore>,
) => Promise<void>;

/** The value of a query parameter that may be given once. */
export function queryParameter(
  request: ArtifactRequest,
  name: string,
): string | undefined {
  const value = request.req.query[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of a query parameter that may be given more than once. */
export function queryParameters(
  request: ArtifactRequest,
  name: string,
): string[] {
  const values = [request.req.query[name]].flat();
  return values.filter(value => typeof value === 'string');
}
