import { ButtonIcon } from '@backstage/ui';
import type { Version, VersionFile } from '@ml-platform/plugin-ml-common';
import { RiDownloadLine, RiEyeLine, RiEyeOffLine } from '@remixicon/react';
import { useId, useState } from 'react';
import { formatBytes, shortDigest } from '../../lib/format';
import { isReadable } from '../../lib/textFiles';
import { texts } from '../../texts';
import classes from './Files.module.css';
import { FileText } from './FileText';

/** One file, with what can be done with it, and its text when asked for. */
export function FileRow(props: {
  version: Version;
  file: VersionFile;
  /** Absent while it is not known, or may not be had. */
  url?: string;
}) {
  const { file, url, version } = props;
  const { digest, mediaType, path, size } = file;
  const say = texts.files;
  const [open, setOpen] = useState(false);
  const textId = useId();
  return (
    <>
      <tr>
        <th scope="row">{path}</th>
        <td className={classes.size}>{formatBytes(size)}</td>
        <td>
          <code title={digest}>{shortDigest(digest)}</code>
        </td>
        <td className={classes.mediaType}>{mediaType}</td>
        <td>
          <div className={classes.actions}>
            {isReadable(file) && (
              <ButtonIcon
                size="small"
                variant="tertiary"
                icon={open ? <RiEyeOffLine /> : <RiEyeLine />}
                aria-label={open ? say.hide(path) : say.show(path)}
                aria-expanded={open}
                aria-controls={open ? textId : undefined}
                onPress={() => setOpen(!open)}
              />
            )}
            {url && (
              <a
                className={classes.download}
                href={url}
                download
                aria-label={say.download(path)}
              >
                <RiDownloadLine aria-hidden />
              </a>
            )}
          </div>
        </td>
      </tr>
      {open && (
        <tr id={textId}>
          <td colSpan={5} className={classes.text}>
            <FileText version={version} file={file} />
          </td>
        </tr>
      )}
    </>
  );
}
