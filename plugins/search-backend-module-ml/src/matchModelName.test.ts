import { matchModelName } from './matchModelName';

const NAMES = ['wine-classifier', 'Wine classifier'];

it.each([
  ['wine-classifier', 0],
  ['Wine Classifier', 0],
  ['wine_classifier', 0],
  ['wine', 11],
  ['classifier', undefined],
  ['', undefined],
])('says how well %j fits', (term, distance) => {
  expect(matchModelName(term, NAMES)).toBe(distance);
});

it('takes a model without a title', () => {
  expect(matchModelName('wine', ['wine', undefined])).toBe(0);
});
