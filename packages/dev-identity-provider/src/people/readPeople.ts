import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Person } from './Person';

const userSchema = z.object({
  kind: z.literal('User'),
  metadata: z.object({
    name: z.string().min(1),
    description: z.string().optional(),
  }),
  spec: z.object({
    profile: z.object({ displayName: z.string(), email: z.email() }),
    memberOf: z.array(z.string()).default([]),
  }),
});

/** The users of a catalog file; other entities in it are passed over. */
export function readPeople(file: string): Person[] {
  const people = parseAllDocuments(readFileSync(file, 'utf8'))
    .map(document => document.toJS())
    .filter(entity => entity?.kind === 'User')
    .map(entity => {
      const parsed = userSchema.safeParse(entity);
      if (!parsed.success) {
        const name = entity.metadata?.name ?? 'a user';
        throw new Error(
          `${file}: ${name}: ${z.prettifyError(parsed.error).split('\n')[0]}`,
        );
      }
      const { metadata, spec } = parsed.data;
      return {
        name: metadata.name,
        description: metadata.description,
        ...spec.profile,
        groups: spec.memberOf,
      };
    });
  if (!people.length) throw new Error(`${file}: there is no User in it`);
  return people;
}
