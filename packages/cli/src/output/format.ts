import { formatBytes, plural } from '@ml-platform/packaging';

export { formatBytes, plural };

/** `0.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min` */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const AGES: ReadonlyArray<[seconds: number, unit: string]> = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];

/** `3 hours ago` */
export function formatAge(iso: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  for (const [size, unit] of AGES) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${plural(count, unit)} ago`;
  }
  return 'just now';
}

/** The day of a moment, as the portal sets it: `2027-03-01` */
export function formatDate(iso: string): string {
  return new Date(iso).toISOString().slice(0, 10);
}
