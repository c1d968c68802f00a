const REPOSITORY = /^\/v2\/(.+?)\/(?:blobs|manifests|referrers|tags|_ml)\//;

/** What a token must allow for a request, as token servers are asked for it. */
export function scopesOf(method: string, url: URL): string[] {
  const repository = REPOSITORY.exec(url.pathname)?.[1];
  if (!repository) return [];
  // Reading asks for no right to write: a base image is seldom one's own.
  const isWrite =
    !['GET', 'HEAD'].includes(method) || url.pathname.includes('/uploads/');
  const from = url.searchParams.get('from');
  return [
    `repository:${repository}:pull${isWrite ? ',push' : ''}`,
    ...(from ? [`repository:${from}:pull`] : []),
  ];
}
