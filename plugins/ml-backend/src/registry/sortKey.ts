import semver from 'semver';

/**
 * A key whose plain text order is the precedence of semantic versioning. It is
 * hexadecimal, so that every database collation orders it alike.
 */
export function versionSortKey(version: string): string {
  const parsed = new semver.SemVer(version);
  const release = [parsed.major, parsed.minor, parsed.patch].map(pad).join('');
  // '~' sorts after every identifier, as a release does after its pre-releases;
  // '!' sorts before all that an identifier may hold, so fewer fields go first.
  const prerelease = parsed.prerelease.length
    ? parsed.prerelease
        .map(part => (typeof part === 'number' ? `0${pad(part)}` : `1${part}`))
        .join('!')
        .concat('!')
    : '~';
  return Buffer.from(release + prerelease, 'latin1').toString('hex');
}

/** Pattern of the keys of versions that are no pre-releases: they end in '~'. */
export const RELEASE_KEYS = '%7e';

function pad(part: number): string {
  return String(part).padStart(16, '0');
}
