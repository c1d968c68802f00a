import { existsSync } from 'node:fs';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileEntry, folderEntry, textEntry } from './entries.mjs';

const PASSWD = `root:x:0:0:root:/:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
`;
const GROUP = `root:x:0:
nonroot:x:65532:
`;

/** Node, its libraries, and the few files that programs expect of a Linux. */
export function systemFiles({ node, libraries }) {
  const license = path.resolve(path.dirname(node), '../LICENSE');
  return [
    fileEntry('usr/bin/node', node, 0o755),
    ...(existsSync(license)
      ? [fileEntry('usr/share/doc/node/LICENSE', license)]
      : []),
    ...libraries.map(({ wanted, source }) =>
      fileEntry(wanted.slice(1), source, 0o755),
    ),
    textEntry('etc/passwd', PASSWD),
    textEntry('etc/group', GROUP),
    textEntry('etc/nsswitch.conf', 'passwd: files\nhosts: files dns\n'),
    // The certificates that Node carries: the same on each machine.
    textEntry(
      'etc/ssl/certs/ca-certificates.crt',
      `${rootCertificates.join('\n')}\n`,
    ),
    folderEntry('home/nonroot'),
    folderEntry('models'),
    folderEntry('tmp', 0o1777),
  ];
}
