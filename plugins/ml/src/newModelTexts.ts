/** What the search and the wizard for new models say. */
export const newModelTexts = {
  searchResult: {
    models: 'Models',
    versions: 'Model versions',
    model: 'Model',
    version: 'Version',
    noVersion: 'No version yet',
    live: (environment: string) => `Live in ${environment}`,
  },

  files: {
    title: 'Files',
    path: 'Path',
    size: 'Size',
    digest: 'Digest',
    mediaType: 'Media type',
    actions: 'Read or save',
    none: 'No file is known of it.',
    deleted: 'The files are gone: the version was deleted.',
    empty: 'Nothing stands in this file.',
    mayNotPull:
      'You may not download files: that takes the permission ml.artifact.pull. Ask a platform admin for it.',
    show: (path: string) => `Show ${path}`,
    hide: (path: string) => `Hide ${path}`,
    download: (path: string) => `Download ${path}`,
    noCookie: (reason: string) =>
      `Files cannot be downloaded in the browser now: ${reason}`,
  },

  wizard: {
    name: 'Name',
    checking: 'Looking whether the name is free…',
    free: (name: string) => `'${name}' is free`,
    taken: (reason: string) => `It cannot be taken: ${reason}`,
    unchecked: (reason: string) =>
      `Whether it is free cannot be told now: ${reason}`,
    where: 'Where the repository is made',
    portal: 'In the folder of this portal',
    portalHint:
      'A bare Git repository on the machine of the portal, to be cloned there.',
    github: 'On GitHub',
    gitlab: 'On GitLab',
    noTarget:
      'This portal has nowhere to put a repository: set scaffolder.ml.repositories.directory, or install the scaffolder module of your Git server.',
    host: 'Host',
    ownerOf: { github: 'Organization or user', gitlab: 'Group or user' },
    repository: 'Repository',
    missing: 'Say who owns the repository there, and its name.',
  },
};
