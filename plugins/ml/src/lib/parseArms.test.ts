import { parseArms } from './parseArms';

it('reads arms, a line each', () => {
  expect(parseArms('control=1.0.0:80\n\n new = 1.1.0-rc.1 : 20 %\n')).toEqual([
    { name: 'control', version: '1.0.0', weight: 80 },
    { name: 'new', version: '1.1.0-rc.1', weight: 20 },
  ]);
});

it.each([
  ['', /two arms at least/],
  ['a=1.0.0:80', /two arms at least/],
  ['a=1.0:80\nb=1.1.0:20', /'a=1\.0:80' is no arm/],
  ['a=1.0.0\nb=1.1.0:20', /'a=1\.0\.0' is no arm/],
  ['a=1.0.0:80\na=1.1.0:20', /'a' is there twice/],
])('says what is wrong with %j', (text, reason) => {
  expect(parseArms(text)).toMatch(reason);
});
