import type { Page } from '@ml-platform/plugin-ml-common';

const PAGE_SIZE = 100;

/** Reads pages until there are `limit` items or no more. */
export async function collectPages<T>(
  limit: number,
  read: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({
      limit: Math.min(limit - items.length, PAGE_SIZE),
      cursor,
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor && items.length < limit);
  return items.slice(0, limit);
}
