import { formatExactDuration, parseExactDuration } from './duration';

it.each([
  ['30 min', 1_800_000],
  ['30m', 1_800_000],
  ['1 h 30 min', 5_400_000],
  ['90s', 90_000],
  ['1.5 h', 5_400_000],
  ['250 ms', 250],
  ['2 d', 172_800_000],
  [' 0 s ', 0],
])('reads %j', (text, expected) => {
  expect(parseExactDuration(text)).toBe(expected);
});

it.each(['', '90', '5 weeks', 'soon', '5 s or so', '-5 s'])(
  'does not read %j',
  text => {
    expect(parseExactDuration(text)).toBeUndefined();
  },
);

it.each([0, 1, 999, 1000, 90_500, 5_400_000, 86_400_000, 123_456_789])(
  'writes %d so that it reads the same again',
  milliseconds => {
    expect(parseExactDuration(formatExactDuration(milliseconds))).toBe(
      milliseconds,
    );
  },
);

it('writes as people do', () => {
  expect(formatExactDuration(5_400_000)).toBe('1 h 30 min');
  expect(formatExactDuration(86_400_000)).toBe('1 d');
  expect(formatExactDuration(0)).toBe('0 s');
});
