/** Where the wizard makes the repository. */
export interface RepositoryTarget {
  kind: 'portal' | 'github' | 'gitlab';
  /** As the stock publish actions take it: `github.com?owner=acme&repo=wine`. */
  repoUrl?: string;
}

/** The action that makes the repository, for each kind of place. */
export const PUBLISH_ACTIONS: Record<RepositoryTarget['kind'], string> = {
  portal: 'ml:repository:create',
  github: 'publish:github',
  gitlab: 'publish:gitlab',
};

/** Places that this portal can make a repository at. */
export function placesOf(actionIds: string[]): RepositoryTarget['kind'][] {
  return (['portal', 'github', 'gitlab'] as const).filter(kind =>
    actionIds.includes(PUBLISH_ACTIONS[kind]),
  );
}

export interface RemoteRepository {
  host: string;
  owner: string;
  repo: string;
}

export function toRepoUrl({ host, owner, repo }: RemoteRepository): string {
  return `${host}?${new URLSearchParams({ owner, repo })}`;
}

export function fromRepoUrl(url: string | undefined): RemoteRepository {
  const [host, query] = (url ?? '').split('?');
  const search = new URLSearchParams(query);
  return {
    host,
    owner: search.get('owner') ?? '',
    repo: search.get('repo') ?? '',
  };
}

export function isComplete(target: RepositoryTarget | undefined): boolean {
  if (!target) return false;
  if (target.kind === 'portal') return true;
  const { host, owner, repo } = fromRepoUrl(target.repoUrl);
  return Boolean(host && owner && repo);
}
