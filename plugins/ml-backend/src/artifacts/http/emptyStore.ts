/**
 * What the handlers that read see of a repository that is hidden from who asks:
 * the same as of one that does not exist, so that they answer the same.
 */
export const emptyStore: unknown = {
  getManifest: async () => undefined,
  getBlobSize: async () => undefined,
  listChunks: async () => undefined,
  listReferrers: async () => [],
  openBlob: async () => undefined,
  touchBlob: async () => false,
  metadata: {
    hasRepository: async () => false,
    listReferrers: async () => [],
    listTags: async () => [],
  },
};
