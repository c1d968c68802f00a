export interface Config {
  ml?: {
    /** How somebody who signs in by OpenID Connect becomes a user of the portal. */
    signIn?: {
      /** How the person is found in the catalog; by verified e-mail address when not given. */
      match?: 'email' | 'name';
      /** Claim that holds the name, with `match: name`; `preferred_username` when not given. */
      nameClaim?: string;
      /** Teams from the identity provider, besides those of the catalog. */
      groups?: {
        /** Claim that lists them; `groups` when not given. */
        claim?: string;
        /** Value of the claim to group of the catalog, e.g. `ml-quality: group:default/quality-team`. */
        map?: { [value: string]: string };
        /** Whether a value that is not in the map is the name of a group; not when not given. */
        byName?: boolean;
      };
    };
  };
}
