import { type ChangeEvent, useId, useState } from 'react';
import { Alert, Flex, TextField } from '@backstage/ui';
import {
  BATCH_FORMATS,
  type BatchFormat,
  type Environment,
} from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { texts } from '../../texts';
import { ActionButton } from '../shared';
import classes from './BatchJobs.module.css';

/** Takes a file and asks for predictions of its rows. */
export function BatchJobForm(props: {
  model: string;
  environment: Environment;
  pin: string | undefined;
  onCreated: () => void;
}) {
  const { environment, model, onCreated, pin } = props;
  const say = texts.batch;
  const fileId = useId();
  const [file, setFile] = useState<File>();
  const [keep, setKeep] = useState('');
  const [maxRejected, setMaxRejected] = useState('0');
  const inputFormat = file && formatOf(file.name);
  const request = useRequest({
    send: api =>
      api.batchJobs.create(
        model,
        {
          ...{ environment, pin, maxRejected, inputFormat: inputFormat! },
          keep: keep.split(',').flatMap(name => name.trim() || []),
        },
        file!,
      ),
    done: say.started,
    onDone: onCreated,
    onClose: () => {},
  });
  const reason =
    (request.sending && say.starting) || (!inputFormat && say.wrongFile);
  const choose = ({ target }: ChangeEvent<HTMLInputElement>) =>
    setFile(target.files?.[0]);
  return (
    <Flex direction="column" gap="3">
      <div>
        <label className={classes.label} htmlFor={fileId}>
          {say.file}
        </label>
        <input
          id={fileId}
          type="file"
          accept=".csv,.jsonl,.ndjson,.parquet"
          onChange={choose}
        />
      </div>
      <Flex gap="4" style={{ flexWrap: 'wrap' }}>
        <TextField
          label={say.keep}
          description={say.keepHelp}
          value={keep}
          onChange={setKeep}
        />
        <TextField
          label={say.maxRejected}
          description={say.maxRejectedHelp}
          value={maxRejected}
          onChange={setMaxRejected}
        />
      </Flex>
      <Flex>
        <ActionButton
          action={reason ? { enabled: false, reason } : { enabled: true }}
          label={say.start}
          variant="primary"
          onPress={request.submit}
        />
      </Flex>
      {request.error && <Alert status="danger" icon title={request.error} />}
    </Flex>
  );
}

/** What the ending of a file's name says. */
function formatOf(name: string): BatchFormat | undefined {
  const ending = name.split('.').at(-1)?.toLowerCase();
  if (ending === 'ndjson') return 'jsonl';
  return BATCH_FORMATS.find(format => format === ending);
}
