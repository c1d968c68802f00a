const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS: Array<[number, Intl.RelativeTimeFormatUnit]> = [
  [365 * DAY, 'year'],
  [30 * DAY, 'month'],
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
const absolute = new Intl.DateTimeFormat('en', {
  dateStyle: 'medium',
  timeStyle: 'long',
});

/** `3 minutes ago`; below a minute `just now`. */
export function formatRelative(iso: string, now: number): string {
  const difference = Date.parse(iso) - now;
  if (Number.isNaN(difference)) return 'at an unknown time';
  const step = STEPS.find(([size]) => Math.abs(difference) >= size);
  // A clock that is a little ahead of ours must not say "in 2 seconds".
  if (!step) return 'just now';
  return relative.format(Math.trunc(difference / step[0]), step[1]);
}

/** The full date and time with its zone, for titles. */
export function formatAbsolute(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : absolute.format(time);
}

const day = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `1 Mar 2027`, for dates that stand for a whole day. */
export function formatDay(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : day.format(time);
}

/** `2027-03-01`, a number of weeks from now. */
export function isoDayInWeeks(weeks: number, now: number): string {
  return new Date(now + weeks * 7 * DAY).toISOString().slice(0, 10);
}

/** `380 ms`, `2.4 s`, `42 s`, `3 min 5 s`, `2 h 4 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < SECOND) {
    // Two clocks may differ by a little.
    return `${Math.max(0, Math.round(milliseconds))} ms`;
  }
  if (milliseconds < 10 * SECOND) {
    return `${(milliseconds / SECOND).toFixed(1)} s`;
  }
  // Rounded first, so that 59.7 s reads "1 min" and never "60 s".
  const total = Math.round(milliseconds / SECOND) * SECOND;
  if (total < MINUTE) return `${total / SECOND} s`;
  const [big, small, bigUnit, smallUnit] =
    total < HOUR
      ? ([MINUTE, SECOND, 'min', 's'] as const)
      : ([HOUR, MINUTE, 'h', 'min'] as const);
  const rest = Math.floor((total % big) / small);
  const head = `${Math.floor(total / big)} ${bigUnit}`;
  return rest ? `${head} ${rest} ${smallUnit}` : head;
}

/** `2027-03-01T16:00` in the time zone of the browser, for its own fields. */
export function toLocalMoment(iso: string): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return '';
  const offset = new Date(time).getTimezoneOffset() * MINUTE;
  return new Date(time - offset).toISOString().slice(0, 16);
}

/** The moment in UTC; undefined when nothing, or only a part, is written. */
export function fromLocalMoment(text: string): string | undefined {
  const time = text ? new Date(text).getTime() : NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** E.g. `Europe/Berlin`. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
