import { Alert, Button, Flex } from '@backstage/ui';
import { RiDownloadLine } from '@remixicon/react';
import { useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { mlApiRef } from '../../api/MlApi';
import { messageOf } from '../../lib/errors';
import { saveJson } from '../../lib/saveFile';
import { texts } from '../../texts';

/** Saves the bill of materials of a version, or says why it cannot be had. */
export function BomButton(props: { model: string; version: string }) {
  const { model, version } = props;
  const api = useApi(mlApiRef);
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<string>();

  async function save() {
    setLoading(true);
    setError(undefined);
    try {
      // The fetch API signs the request; a plain link would not.
      saveJson(
        `${model}-${version}.cdx.json`,
        await api.getBom(model, version),
      );
    } catch (e) {
      setError(messageOf(e));
    } finally {
      setLoading(false);
    }
  }
  return (
    <Flex direction="column" gap="2">
      <div>
        <Button
          variant="secondary"
          size="small"
          iconStart={<RiDownloadLine />}
          isDisabled={loading}
          onPress={save}
        >
          {texts.versionDetails.bom}
        </Button>
      </div>
      {error && <Alert status="danger" icon title={error} role="alert" />}
    </Flex>
  );
}
