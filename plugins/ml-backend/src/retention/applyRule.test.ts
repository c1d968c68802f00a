import { applyRule, MOST_AT_ONCE } from './applyRule';
import type { Candidate } from './RetentionStore';

const NOW = new Date('2026-11-26T12:00:00Z');

/** `9.0.0` is of today, `8.0.0` of ten days ago, and so on. */
function candidates(
  changes: Record<string, Partial<Candidate>> = {},
  amount = 10,
): Candidate[] {
  return Array.from({ length: amount }, (_, index) => {
    const version = `${amount - 1 - index}.0.0`;
    return {
      version,
      createdAt: new Date(
        NOW.getTime() - index * 10 * 86_400_000,
      ).toISOString(),
      sizeBytes: 100,
      aliases: [],
      children: [],
      ...changes[version],
    };
  });
}

const apply = (
  rule: { keepNewest: number; keepDays?: number; protected?: string[] },
  changes?: Record<string, Partial<Candidate>>,
  uses = new Map<string, string[]>(),
) =>
  applyRule({
    model: 'wine',
    rule: { protected: [], ...rule },
    candidates: candidates(changes),
    uses,
    now: NOW,
  });
const names = (list: { version: string }[]) =>
  list.map(({ version }) => version[0]).join('');

it('keeps the newest and the young, and lets the others go, oldest first', () => {
  expect(names(apply({ keepNewest: 3 }).remove)).toBe('0123456');
  expect(names(apply({ keepNewest: 1, keepDays: 45 }).keep)).toBe('98765');
  const { keep, removeBytes } = apply({ keepNewest: 8, keepDays: 5 });
  expect(removeBytes).toBe(200);
  expect(keep[0].reasons).toEqual([
    'it is among the newest 8',
    'it is younger than 5 days',
  ]);
});

it('keeps what is protected, has an alias or is in use, with every reason', () => {
  const { keep, remove } = apply(
    { keepNewest: 1, protected: ['2.0.0'] },
    { '3.0.0': { aliases: ['champion', 'old'] } },
    new Map([['2.0.0', ['staging serves it']]]),
  );
  expect(names(remove)).toBe('0145678');
  expect(keep.slice(1)).toMatchObject([
    {
      version: '3.0.0',
      reasons: [
        "the alias 'champion' points at it",
        "the alias 'old' points at it",
      ],
    },
    {
      version: '2.0.0',
      reasons: ['the rule protects it', 'staging serves it'],
    },
  ]);
});

it('keeps what a version that stays was made from, and what that was made from', () => {
  const { keep, remove } = apply(
    { keepNewest: 1 },
    {
      '5.0.0': { children: ['wine@9.0.0'] },
      '4.0.0': { children: ['wine@5.0.0', 'wine@3.0.0'] },
      '3.0.0': { children: ['wine@2.0.0'] },
      '1.0.0': { children: ['cheese@1.0.0'] },
    },
  );
  expect(names(keep)).toBe('9541');
  expect(names(remove)).toBe('023678');
  expect(keep.map(({ reasons }) => reasons[0])).toEqual([
    'it is among the newest 1',
    'wine@9.0.0, which stays, was made from it',
    'wine@5.0.0, which stays, was made from it',
    'cheese@1.0.0, which stays, was made from it',
  ]);
});

it('takes no more at once than one person can look over', () => {
  const many = applyRule({
    model: 'wine',
    rule: { keepNewest: 1, protected: [] },
    candidates: candidates({}, MOST_AT_ONCE + 2),
    uses: new Map(),
    now: NOW,
  });
  expect(many.remove).toHaveLength(MOST_AT_ONCE);
  expect(many.remove[0].version).toBe('0.0.0');
  expect(many.truncated).toBe(true);
});
