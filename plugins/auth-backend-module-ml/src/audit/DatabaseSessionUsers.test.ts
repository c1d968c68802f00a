import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { DatabaseSessionUsers } from './DatabaseSessionUsers';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

describe.each(databases.eachSupportedId())('whose a session is, %s', id => {
  it('is kept, also by another instance, until it is over', async () => {
    const knex = await databases.init(id);
    const open = () =>
      DatabaseSessionUsers.create(mockServices.database({ knex }));
    const first = await open();
    await first.remember('aaaa', 'user:default/mei');
    await first.remember('bbbb', 'user:default/olga');
    const second = await open();
    expect(await second.find('aaaa')).toBe('user:default/mei');
    expect(await second.find('cccc')).toBeUndefined();
    await second.forget('aaaa');
    expect(await first.find('aaaa')).toBeUndefined();
    expect(await first.find('bbbb')).toBe('user:default/olga');
  });

  it('is forgotten when nobody has renewed it for long', async () => {
    const knex = await databases.init(id);
    const users = await DatabaseSessionUsers.create(
      mockServices.database({ knex }),
    );
    await users.remember('old', 'user:default/mei');
    await knex('ml_session_users').update({ at: new Date('2020-01-01') });
    await users.remember('new', 'user:default/mei');
    expect(await users.find('old')).toBeUndefined();
    expect(await users.find('new')).toBe('user:default/mei');
  });

  it('can be told again of the same session', async () => {
    const knex = await databases.init(id);
    const users = await DatabaseSessionUsers.create(
      mockServices.database({ knex }),
    );
    await users.remember('same', 'user:default/mei');
    await users.remember('same', 'user:default/mei');
    expect(await knex('ml_session_users')).toHaveLength(1);
    expect(await users.find('same')).toBe('user:default/mei');
  });
});
