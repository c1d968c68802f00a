/** Somebody who can sign in. */
export interface Person {
  /** Name of the entity in the catalog, and subject of the tokens. */
  name: string;
  displayName: string;
  email: string;
  /** What this person does, in a few words. */
  description?: string;
  /** Names of the groups, as the `groups` claim has them. */
  groups: string[];
}
