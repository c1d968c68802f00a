import { z } from 'zod';
import { entityRef } from '../policy/entityRef';
import { ENVIRONMENTS, type Environment } from './types';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MINUTES_OF_DAY = 24 * 60;
const MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY;

const weekMoment = z
  .string()
  .regex(
    /^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$/,
    "must be a day and a time, as 'fri 16:00'",
  );

const timeZone = z
  .string()
  .refine(isTimeZone, "must be a time zone, as 'Europe/Berlin' or 'UTC'");

/**
 * A time in which nothing is deployed. A rollback always may.
 * @public
 */
export const freezeWindowSchema = z
  .strictObject({
    /** Shown to whoever it stops. */
    reason: z.string().min(1).max(500),
    /** All when absent. */
    environments: z.array(z.enum(ENVIRONMENTS)).min(1).optional(),
    /** Owners of models, as entity references; all when absent. */
    teams: z.array(entityRef).min(1).optional(),
    /** Once: both ISO 8601. */
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
    /** Each week, e.g. from `fri 16:00` to `mon 08:00`. */
    weekly: z
      .strictObject({
        from: weekMoment,
        to: weekMoment,
        /** `UTC` when absent. */
        timeZone: timeZone.optional(),
      })
      .refine(({ from, to }) => from !== to, 'must not end when it begins')
      .optional(),
  })
  .refine(
    ({ from, to, weekly }) => Boolean(weekly) !== Boolean(from && to),
    "needs either 'from' and 'to', or 'weekly'",
  )
  .refine(
    ({ from, to }) => !from || !to || Date.parse(from) < Date.parse(to),
    "'to' must be after 'from'",
  );

/** @public */
export type FreezeWindow = z.infer<typeof freezeWindowSchema>;

/** A window that holds now, and when it ends. @public */
export interface ActiveFreeze {
  reason: string;
  /** ISO 8601. */
  until: string;
}

/**
 * The freeze that keeps a team from deploying at a moment: of several, the one
 * that ends last.
 * @public
 */
export function findFreeze(
  windows: FreezeWindow[],
  query: { environment: Environment; team: string; at: Date },
): ActiveFreeze | undefined {
  const { at, environment, team } = query;
  return windows
    .filter(
      ({ environments, teams }) =>
        (!environments || environments.includes(environment)) &&
        (!teams || teams.includes(team)),
    )
    .map(window => {
      const until = endOf(window, at);
      return until && { reason: window.reason, until: until.toISOString() };
    })
    .filter(found => found !== undefined)
    .sort((a, b) => b.until.localeCompare(a.until))[0];
}

function endOf(window: FreezeWindow, at: Date): Date | undefined {
  const { from, to, weekly } = window;
  if (!weekly) {
    const [begin, end] = [Date.parse(from!), Date.parse(to!)];
    return begin <= at.getTime() && at.getTime() < end
      ? new Date(end)
      : undefined;
  }
  const now = minuteOfWeek(at, weekly.timeZone ?? 'UTC');
  const length = cycle(parseMoment(weekly.to) - parseMoment(weekly.from));
  const passed = cycle(now - parseMoment(weekly.from));
  if (passed >= length) return undefined;
  const minute = Math.floor(at.getTime() / 60_000);
  return new Date((minute + length - passed) * 60_000);
}

function parseMoment(text: string): number {
  const [day, time] = text.split(' ');
  const [hours, minutes] = time.split(':').map(Number);
  return (
    DAYS.indexOf(day as (typeof DAYS)[number]) * MINUTES_OF_DAY +
    hours * 60 +
    minutes
  );
}

function minuteOfWeek(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string) =>
    parts.find(entry => entry.type === type)?.value ?? '';
  return parseMoment(
    `${part('weekday').toLowerCase()} ${part('hour')}:${part('minute')}`,
  );
}

function cycle(minutes: number): number {
  return ((minutes % MINUTES_OF_WEEK) + MINUTES_OF_WEEK) % MINUTES_OF_WEEK;
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
