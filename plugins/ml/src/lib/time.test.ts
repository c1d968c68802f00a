import { formatAbsolute, formatDuration, formatRelative } from './time';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('formatRelative', () => {
  it.each([
    ['2026-11-23T11:59:30Z', 'just now'],
    ['2026-11-23T12:00:02Z', 'just now'],
    ['2026-11-23T11:57:00Z', '3 minutes ago'],
    ['2026-11-23T10:00:00Z', '2 hours ago'],
    ['2026-11-20T12:00:00Z', '3 days ago'],
    ['2025-11-01T12:00:00Z', '1 year ago'],
    ['garbage', 'at an unknown time'],
  ])('says %s as %s', (iso, text) => {
    expect(formatRelative(iso, NOW)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [-5, '0 ms'],
    [380, '380 ms'],
    [2_400, '2.4 s'],
    [42_000, '42 s'],
    [59_700, '1 min'],
    [185_000, '3 min 5 s'],
    [7_440_000, '2 h 4 min'],
  ])('says %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('formatAbsolute', () => {
  it('passes on what is not a date', () => {
    expect(formatAbsolute('garbage')).toBe('garbage');
  });
});
