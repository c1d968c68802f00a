import { Text } from '@backstage/ui';
import type { Version, VersionFile } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { CodeBlock } from '../shared';
import { QueryView } from '../states';

/** What stands in a small text file of a version. */
export function FileText(props: { version: Version; file: VersionFile }) {
  const { file, version } = props;
  const query = useMlQuery({
    key: `file:${file.digest}`,
    load: api => api.getFileText(version.model, version.version, file.path),
    // The bytes behind a digest never change.
    concerns: () => false,
  });
  return (
    <QueryView query={query}>
      {text =>
        text.trim() === '' ? (
          <Text as="p" variant="body-small" color="secondary">
            {texts.files.empty}
          </Text>
        ) : (
          <CodeBlock text={text} label={file.path} />
        )
      }
    </QueryView>
  );
}
