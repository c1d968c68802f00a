import { fieldText, policyFields, readField, withField } from './policyFields';

const told = (value: unknown) =>
  policyFields(value).map(field => [field.path.join('.'), field.kind]);

it('finds the places that can be edited on their own', () => {
  expect(told({ staging: 5, on: true, how: 'canary' })).toEqual([
    ['staging', 'number'],
    ['on', 'flag'],
    ['how', 'text'],
  ]);
  expect(told({ judge: { alpha: 0.01 }, steps: [{ weight: 5 }] })).toEqual([
    ['judge.alpha', 'number'],
    ['steps', 'json'],
  ]);
  expect(told({ 'ml-viewer': [], 'ml-engineer': ['group:default/a'] })).toEqual(
    [
      ['ml-viewer', 'lines'],
      ['ml-engineer', 'lines'],
    ],
  );
  expect(told([])).toEqual([['', 'json']]);
  expect(told({ evidence: { champion: ['signed'] } })).toEqual([
    ['evidence', 'json'],
  ]);
  expect(told({ evidence: {} })).toEqual([['evidence', 'json']]);
});

it.each([5, true, 'canary', ['a', 'b'], [{ reason: 'x' }]])(
  'reads what it wrote: %j',
  value => {
    const [field] = policyFields({ at: value });
    expect(readField(field.kind, fieldText(field))).toEqual(value);
  },
);

it('reads no number from what is none', () => {
  expect(() => readField('number', ' ')).toThrow('is no number');
  expect(() => readField('number', 'many')).toThrow('is no number');
  expect(() => readField('json', '[')).toThrow();
});

it('changes one place of a copy', () => {
  const value = { a: { b: 1, c: 2 }, d: 3 };
  expect(withField(value, ['a', 'b'], 9)).toEqual({ a: { b: 9, c: 2 }, d: 3 });
  expect(withField(value, [], 7)).toBe(7);
  expect(value.a.b).toBe(1);
});
