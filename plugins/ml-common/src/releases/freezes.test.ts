import { findFreeze, freezeWindowSchema, type FreezeWindow } from './freezes';

const key = { environment: 'production', team: 'group:default/a' } as const;
const find = (windows: object[], at: string, extra: object = {}) =>
  findFreeze(
    windows.map(window => freezeWindowSchema.parse(window)) as FreezeWindow[],
    { ...key, ...extra, at: new Date(at) },
  );

describe('freezes', () => {
  const holidays = {
    reason: 'Holidays',
    from: '2026-12-20T00:00:00Z',
    to: '2027-01-02T00:00:00+01:00',
  };

  it('hold from their beginning until their end', () => {
    expect(find([holidays], '2026-12-19T23:59:59Z')).toBeUndefined();
    expect(find([holidays], '2026-12-20T00:00:00Z')).toEqual({
      reason: 'Holidays',
      until: '2027-01-01T23:00:00.000Z',
    });
    expect(find([holidays], '2027-01-01T23:00:00Z')).toBeUndefined();
  });

  it('hold for the environments and teams that they name', () => {
    const at = '2026-12-24T00:00:00Z';
    const of = (more: object) => find([{ ...holidays, ...more }], at);
    expect(of({ environments: ['staging'] })).toBeUndefined();
    expect(of({ environments: ['production'] })).toBeDefined();
    expect(of({ teams: ['group:default/b'] })).toBeUndefined();
    expect(of({ teams: ['group:default/a'] })).toBeDefined();
  });

  it('come back each week, over the end of a week, in a time zone', () => {
    const weekend = {
      reason: 'Weekend',
      weekly: { from: 'fri 16:00', to: 'mon 08:00', timeZone: 'Europe/Berlin' },
    };
    // 2026-11-27 is a Friday; Berlin is one hour ahead of UTC then.
    expect(find([weekend], '2026-11-27T14:59:30Z')).toBeUndefined();
    expect(find([weekend], '2026-11-27T15:00:00Z')?.until).toBe(
      '2026-11-30T07:00:00.000Z',
    );
    expect(find([weekend], '2026-11-30T06:59:59Z')).toBeDefined();
    expect(find([weekend], '2026-11-30T07:00:00Z')).toBeUndefined();
  });

  it('name the one that ends last where several hold', () => {
    const week = {
      reason: 'Peak',
      from: '2026-12-24T00:00:00Z',
      to: '2026-12-26T00:00:00Z',
    };
    expect(find([week, holidays], '2026-12-24T12:00:00Z')?.reason).toBe(
      'Holidays',
    );
  });

  it.each([
    [{ reason: 'x' }, /either 'from' and 'to', or 'weekly'/],
    [
      { reason: 'x', from: '2026-12-02T00:00:00Z', to: '2026-12-01T00:00:00Z' },
      /must be after/,
    ],
    [
      { reason: 'x', weekly: { from: 'friday', to: 'mon 08:00' } },
      /as 'fri 16:00'/,
    ],
    [
      {
        reason: 'x',
        weekly: { from: 'fri 16:00', to: 'mon 08:00', timeZone: 'Mars' },
      },
      /must be a time zone/,
    ],
  ])('are refused where they make no sense: %j', (window, message) => {
    const { error } = freezeWindowSchema.safeParse(window);
    expect(error?.issues[0].message).toMatch(message);
  });
});
