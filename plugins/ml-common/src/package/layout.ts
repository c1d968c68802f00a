/**
 * Names of the files that every package has.
 * @public
 */
export const PACKAGE_FILES = {
  model: 'model.yaml',
  card: 'card.yaml',
  suite: 'eval/suite.yaml',
} as const;

/**
 * The signature of a package directory, by the convention of OpenSSF Model
 * Signing; never part of the package.
 * @public
 */
export const SIGNATURE_FILE = 'model.sig';
