import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  mlArtifactDeletePermission as remove,
  mlArtifactPullPermission as pull,
  mlArtifactPushPermission as push,
} from '@ml-platform/plugin-ml-common';
import type { EmbeddedArtifactStore } from '../EmbeddedArtifactStore';
import type { ArtifactHandler, ReadableStore } from './ArtifactRequest';
import { deleteBlob, describeBlob, getBlob, headBlob } from './blobHandlers';
import { listBlobChunks } from './deltaHandlers';
import { describeReferrers, listReferrers, listTags } from './listHandlers';
import { deleteManifest, getManifest, putManifest } from './manifestHandlers';
import {
  cancelUpload,
  finishUpload,
  getUpload,
  patchUpload,
  startUpload,
} from './uploadHandlers';

export interface ArtifactRoute<TStore = EmbeddedArtifactStore> {
  method: string;
  path: RegExp;
  permission: ResourcePermission;
  handle: ArtifactHandler<TStore>;
}

// Repository names have slashes, and may even have 'blobs' as a component.
const uploads = /^\/(.+)\/blobs\/uploads\/?$/;
const upload = /^\/(.+)\/blobs\/uploads\/([^/]+)$/;
const blob = /^\/(.+)\/blobs\/([^/]+)$/;
// The specification keeps names that begin with an underscore for extensions.
const chunks = /^\/(.+)\/_ml\/chunks\/([^/]+)$/;
const manifest = /^\/(.+)\/manifests\/([^/]+)$/;
const tags = /^\/(.+)\/tags\/list$/;
const referrers = /^\/(.+)\/referrers\/([^/]+)$/;

/** The first route with the right path and method wins. */
export const artifactRoutes: ArtifactRoute[] = [
  { method: 'POST', path: uploads, permission: push, handle: startUpload },
  { method: 'GET', path: upload, permission: push, handle: getUpload },
  { method: 'PATCH', path: upload, permission: push, handle: patchUpload },
  { method: 'PUT', path: upload, permission: push, handle: finishUpload },
  { method: 'DELETE', path: upload, permission: push, handle: cancelUpload },
  { method: 'HEAD', path: blob, permission: pull, handle: headBlob },
  { method: 'GET', path: blob, permission: pull, handle: getBlob },
  { method: 'DELETE', path: blob, permission: remove, handle: deleteBlob },
  { method: 'GET', path: chunks, permission: pull, handle: listBlobChunks },
  { method: 'HEAD', path: manifest, permission: pull, handle: getManifest },
  { method: 'GET', path: manifest, permission: pull, handle: getManifest },
  { method: 'PUT', path: manifest, permission: push, handle: putManifest },
  {
    method: 'DELETE',
    path: manifest,
    permission: remove,
    handle: deleteManifest,
  },
  { method: 'GET', path: tags, permission: pull, handle: listTags },
  { method: 'GET', path: referrers, permission: pull, handle: listReferrers },
];

/** What is left of it where the bytes lie in another registry. */
export const pullRoutes: ArtifactRoute<ReadableStore>[] = [
  { method: 'HEAD', path: blob, permission: pull, handle: describeBlob },
  { method: 'GET', path: blob, permission: pull, handle: getBlob },
  { method: 'HEAD', path: manifest, permission: pull, handle: getManifest },
  { method: 'GET', path: manifest, permission: pull, handle: getManifest },
  {
    method: 'GET',
    path: referrers,
    permission: pull,
    handle: describeReferrers,
  },
];
