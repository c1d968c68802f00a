/**
 * An OpenID Connect provider with example people, for a platform on one
 * machine. It is a program: see `bin/`.
 *
 * @packageDocumentation
 */
export type { Person } from './people/Person';
