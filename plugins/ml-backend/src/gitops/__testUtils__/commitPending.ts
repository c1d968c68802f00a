import knexFactory from 'knex';
import { DatabaseRegistryStore } from '../../registry/DatabaseRegistryStore';
import { DatabaseReleaseStore } from '../../releases/DatabaseReleaseStore';
import { AuthorDirectory } from '../AuthorDirectory';
import { CommitWriter } from '../CommitWriter';
import { DatabaseGitopsStore } from '../DatabaseGitopsStore';
import { EmbeddedBranch } from '../git/EmbeddedBranch';

/** Run as a process of its own, to be killed: commits what is pending. */
async function commitPending() {
  const { database, directory } = JSON.parse(process.argv[2]);
  const knex = knexFactory({ ...database, useNullAsDefault: true });
  const branch = new EmbeddedBranch({ directory, branch: 'main', url: '' });
  const unavailable = async () => {
    throw new Error('There is no catalog here');
  };
  const writer = new CommitWriter({
    branch,
    store: new DatabaseGitopsStore({ knex }),
    releases: new DatabaseReleaseStore({ knex }),
    models: new DatabaseRegistryStore({ knex }),
    directory: new AuthorDirectory({
      auth: { getOwnServiceCredentials: unavailable } as never,
      catalog: {} as never,
    }),
    committer: { name: 'ML Platform', email: 'ml-platform@localhost' },
    logger: console as never,
  });
  await branch.open();
  await writer.commitPending(await branch.fetch());
  await knex.destroy();
}

commitPending();
