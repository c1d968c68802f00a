/**
 * Names of the files that every package has.
 * @public
 */
export const PACKAGE_FILES = {
  model: 'model.yaml',
  card: 'card.yaml',
  suite: 'eval/suite.yaml',
} as const;
