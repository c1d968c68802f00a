import type { Knex } from 'knex';

const COLUMNS = ['name', 'title', 'description', 'owner', 'tags'];

/** Narrows a query on `ml_models` to those that contain every word of the text. */
export function applyText(query: Knex.QueryBuilder, text: string): void {
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    query.where(nested => {
      for (const column of COLUMNS) {
        nested.orWhereRaw(`lower(??) like ? escape '\\'`, [
          `ml_models.${column}`,
          pattern,
        ]);
      }
    });
  }
}
