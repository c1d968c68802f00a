import { Alert, Button, Text } from '@backstage/ui';
import type { Version } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { Section } from '../ModelCard';
import { ScrollRegion } from '../shared';
import shared from '../shared/shared.module.css';
import classes from './Files.module.css';
import { FileRow } from './FileRow';
import { type Downloads, useDownloads } from './useDownloads';

/** What a version is made of: to read here, or to be saved. */
export function VersionFiles({ version }: { version: Version }) {
  const say = texts.files;
  if (version.state === 'deleted' || version.files.length === 0) {
    return (
      <Section title={say.title}>
        <Text as="p" variant="body-small" color="secondary">
          {version.state === 'deleted' ? say.deleted : say.none}
        </Text>
      </Section>
    );
  }
  return (
    <Section title={say.title}>
      <FileTable version={version} />
    </Section>
  );
}

function FileTable({ version }: { version: Version }) {
  const say = texts.files;
  const downloads = useDownloads(version);
  return (
    <>
      <Refusal downloads={downloads} />
      <ScrollRegion label={say.title} className={classes.region}>
        <table className={shared.plainTable}>
          <thead>
            <tr>
              <th scope="col">{say.path}</th>
              <th scope="col">{say.size}</th>
              <th scope="col">{say.digest}</th>
              <th scope="col">{say.mediaType}</th>
              <th scope="col">{say.actions}</th>
            </tr>
          </thead>
          <tbody>
            {version.files.map(file => (
              <FileRow
                key={file.path}
                version={version}
                file={file}
                url={
                  downloads.state === 'ready'
                    ? downloads.urls.get(file.path)
                    : undefined
                }
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  );
}

/** Says why nothing can be downloaded; the list itself is there all the same. */
function Refusal({ downloads }: { downloads: Downloads }) {
  if (downloads.state !== 'refused') return null;
  const { reason, retry } = downloads;
  return (
    <Alert
      status="warning"
      icon
      role="status"
      mb="3"
      title={reason}
      customActions={
        retry && (
          <Button size="small" variant="tertiary" onPress={retry}>
            {texts.states.retry}
          </Button>
        )
      }
    />
  );
}
