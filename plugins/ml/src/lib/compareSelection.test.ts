import {
  compareAction,
  parseSelection,
  toggleVersion,
} from './compareSelection';

it('reads the selection from an address', () => {
  expect(parseSelection(undefined)).toEqual([]);
  expect(parseSelection('1.1.0,,1.0.0,1.1.0')).toEqual(['1.1.0', '1.0.0']);
});

it('adds and takes away', () => {
  expect(toggleVersion(['1.0.0'], '1.1.0')).toEqual(['1.0.0', '1.1.0']);
  expect(toggleVersion(['1.0.0', '1.1.0'], '1.0.0')).toEqual(['1.1.0']);
});

const select = (amount: number) =>
  Array.from({ length: amount }, (_, minor) => `1.${minor}.0`);

it.each([2, 3, 4])('compares %i versions', amount => {
  expect(compareAction(select(amount))).toEqual({ enabled: true });
});

it.each([
  [0, 'Choose 2 to 4'],
  [1, 'Choose 2 to 4'],
  [5, '5 versions are chosen'],
])('says why %i versions cannot be compared', (amount, reason) => {
  expect(compareAction(select(amount))).toEqual({
    enabled: false,
    reason: expect.stringContaining(reason),
  });
});
