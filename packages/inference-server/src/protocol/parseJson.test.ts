import { exactInteger, parseJsonExactly, stringifyExactly } from './parseJson';

describe('parseJsonExactly', () => {
  const first = (text: string) => (parseJsonExactly(text) as unknown[])[0];

  it.each([
    '9007199254740993',
    '-9223372036854775808',
    '123456789012345678901234567890',
  ])('keeps all digits of %s', digits => {
    expect(exactInteger(first(`[${digits}]`))).toBe(BigInt(digits));
  });

  it.each([
    '[1, -2.5, 3e4]',
    '[0.1234567890123456789, 1.5e+300, -12345678901234567e-3]',
    '["9007199254740993", "a\\"9007199254740993\\\\", "\\\\"]',
    '{"9007199254740993": "x", "b": [true, null, ""]}',
  ])('reads %s as JSON.parse does', text => {
    expect(parseJsonExactly(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '[09007199254740993]',
    '[9007199254740993a]',
    '[--9007199254740993]',
    '[9007199254740993.]',
    '["9007199254740993]',
  ])('refuses %s as JSON.parse does', text => {
    expect(() => parseJsonExactly(text)).toThrow(SyntaxError);
  });

  it('reads strings of megabytes beside long integers', () => {
    const text = 'a"\\1234567890123456\n'.repeat(200_000);
    const json = `[${JSON.stringify(text)}, 9007199254740993]`;
    const [read, long] = parseJsonExactly(json) as unknown[];
    expect(read === text).toBe(true);
    expect(exactInteger(long)).toBe(9007199254740993n);
  });

  it('is written again with all digits', () => {
    const json =
      '{"a":9007199254740993,"b":["9007199254740993",-9223372036854775808]}';
    expect(stringifyExactly(parseJsonExactly(json))).toBe(json);
  });

  it('takes no other value for a long integer', () => {
    for (const value of [1, '1', 'x', null, '9007199254740993', true, {}]) {
      expect(exactInteger(value)).toBeUndefined();
    }
  });
});
