export interface Config {
  scaffolder?: {
    ml?: {
      repositories?: {
        /**
         * Folder of the bare Git repositories that `ml:repository:create` makes,
         * relative to the backend package or absolute. Without one, there is no
         * such action.
         */
        directory?: string;
      };
    };
  };
}
