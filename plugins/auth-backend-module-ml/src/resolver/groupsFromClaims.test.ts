import { createGroupMapping } from './groupsFromClaims';

const options = {
  claim: 'groups',
  map: { '4f1c': 'group:default/quality-team', both: 'health-team' },
  byName: false,
};

describe('teams from the groups of the identity provider', () => {
  it.each([
    [
      'mapped values',
      ['4f1c', 'both'],
      ['group:default/quality-team', 'group:default/health-team'],
    ],
    ['the same twice', ['4f1c', '4f1c'], ['group:default/quality-team']],
    ['a single text', '4f1c', ['group:default/quality-team']],
    ['a value that stands for nothing', ['platform-team'], []],
    ['things that are no text', [{ name: '4f1c' }, 4, null], []],
    ['no claim', undefined, []],
    ['a name that objects have', ['constructor', '__proto__'], []],
  ])('reads %s', (_, groups, expected) => {
    expect(createGroupMapping(options)({ groups })).toEqual(expected);
  });

  it('takes names for groups where that is configured, and nothing else for names', () => {
    const groupsOf = createGroupMapping({
      ...options,
      claim: 'teams',
      byName: true,
    });
    const teams = [
      ...['apps-team', '4f1c', 'user:default/olga', 'other/platform-team'],
      ...['group:default/platform-team', 'with space', '', 'a'.repeat(64)],
    ];
    expect(groupsOf({ teams, groups: ['both'] })).toEqual([
      'group:default/apps-team',
      'group:default/quality-team',
    ]);
  });

  it('does not start with a map to something that is no group', () => {
    const map = { '4f1c': 'user:default/olga' };
    expect(() => createGroupMapping({ ...options, map })).toThrow(
      "ml.signIn.groups.map: 'user:default/olga' is not a group",
    );
  });
});
