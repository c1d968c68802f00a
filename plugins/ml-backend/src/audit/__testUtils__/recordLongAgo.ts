import type { Knex } from 'knex';
import { DatabaseAuditLog } from '../DatabaseAuditLog';

/** An entry as it was written long ago. */
export async function recordLongAgo(knex: Knex, at: string): Promise<void> {
  const now = jest.spyOn(Date.prototype, 'toISOString').mockReturnValue(at);
  try {
    await new DatabaseAuditLog({ knex }).record({
      ...{ actor: 'user:default/mia', action: 'version.register' },
      ...{ resource: 'version:m@1.0.0', outcome: 'succeeded' },
    });
  } finally {
    now.mockRestore();
  }
}
