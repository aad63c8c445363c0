import { UserError } from '@nx-fleet/core';

const MAX_PAGES = 50;

/** All items of a list that comes in pages, counted from 1; the last one is not full. @throws UserError when there are more than fifty */
export async function readAllPages<Item>(
  subject: string,
  pageSize: number,
  readPage: (page: number) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const part = await readPage(page);
    items.push(...part);
    if (part.length < pageSize) return items;
  }
  throw new UserError(`${subject} are more than ${MAX_PAGES * pageSize}. Continue in a new one.`);
}
