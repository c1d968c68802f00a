import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { FriendlyError } from './FriendlyError.mjs';

/** Refuses in one line when the disk of a folder is too full. */
export function checkDiskSpace({ folder, megabytes, reason }) {
  let existing = folder;
  while (!existsSync(existing)) existing = path.dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free < megabytes) {
    throw new FriendlyError(
      `Not enough disk space: ${existing} has ${free} MB free, ${reason} ` +
        `needs ${megabytes} MB. Free some space and try again.`,
    );
  }
}
