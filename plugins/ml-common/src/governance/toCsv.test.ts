import { toCsv } from './toCsv';

it('writes rows, quoted where it must', () => {
  expect(
    toCsv(
      ['a', 'b'],
      [
        ['one, two', 'say "no"'],
        ['line\nbreak', undefined],
      ],
    ),
  ).toBe('a,b\r\n"one, two","say ""no"""\r\n"line\nbreak",\r\n');
});

it.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  ' =1',
  '\t=1',
  '\r=1',
  '|calc',
  '%0a',
])('lets a spreadsheet carry out nothing: %j', text => {
  const [, line] = toCsv(['a'], [[text]]).split(/\r\n(?=.)/);
  expect(line.replace(/^"/, '')).toMatch(/^'/);
});
