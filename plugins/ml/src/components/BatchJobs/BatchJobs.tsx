import { useState } from 'react';
import { Alert, Flex, Text } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type { BatchJob, Environment } from '@ml-platform/plugin-ml-common';
import { mlApiRef } from '../../api/MlApi';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useRequest } from '../../hooks/useRequest';
import { messageOf } from '../../lib/errors';
import { saveBlob } from '../../lib/saveFile';
import { texts } from '../../texts';
import { RulesTable } from '../Rules';
import { ActionButton, Actor } from '../shared';
import { QueryView } from '../states';
import { BatchJobForm } from './BatchJobForm';

const isUnderWay = ({ state }: BatchJob) =>
  state === 'queued' || state === 'running';

/** Predictions for whole files: a form, and the jobs that there are. */
export function BatchJobs(props: {
  model: string;
  environment: Environment;
  pin: string | undefined;
}) {
  const { environment, model } = props;
  const say = texts.batch;
  const query = useMlQuery({
    key: `batch:${model}`,
    load: async api => {
      const [{ items }, { identity }] = await Promise.all([
        api.batchJobs.list(model),
        api.info(),
      ]);
      return { items, identity };
    },
    concerns: signal => signal.model === model,
    underWay: ({ items }) => items.some(isUnderWay),
  });
  return (
    <Flex direction="column" gap="3">
      <Text as="h3" weight="bold">
        {say.heading}
      </Text>
      <Text as="p" variant="body-small" color="secondary">
        {say.help(environment)}
      </Text>
      <BatchJobForm {...props} onCreated={query.reload} />
      <QueryView query={query}>
        {({ identity, items }) =>
          items.length ? (
            <RulesTable
              label={say.jobs}
              columns={say.columns}
              rows={items.map(job => ({
                key: job.id,
                cells: [
                  job.id.slice(0, 8),
                  <State key="state" job={job} />,
                  job.version ?? job.pin ?? texts.noData,
                  say.input(job),
                  job.rows.toLocaleString('en'),
                  job.rejected.toLocaleString('en'),
                  <Actor key="by" actor={job.requestedBy} />,
                  job.requestedBy === identity && (
                    <JobActions
                      key="actions"
                      job={job}
                      onChanged={query.reload}
                    />
                  ),
                ],
              }))}
            />
          ) : (
            <Text as="p" color="secondary">
              {say.none}
            </Text>
          )
        }
      </QueryView>
    </Flex>
  );
}

function State({ job }: { job: BatchJob }) {
  return (
    <>
      {texts.batch.state(job)}
      {job.message && (
        <Text as="p" variant="body-small" color="secondary">
          {job.message}
        </Text>
      )}
    </>
  );
}

function JobActions(props: { job: BatchJob; onChanged: () => void }) {
  const { job, onChanged } = props;
  const say = texts.batch;
  const api = useApi(mlApiRef);
  const [problem, setProblem] = useState<string>();
  const cancel = useRequest({
    send: ({ batchJobs }) => batchJobs.cancel(job.id),
    done: say.cancelled,
    onDone: onChanged,
    onClose: () => {},
  });
  const download = async (file: 'output' | 'rejected') => {
    setProblem(undefined);
    try {
      const response = await api.batchJobs.download(job.id, file);
      const ending = file === 'output' ? job.settings.outputFormat : 'jsonl';
      const name = `${job.model}-${job.id.slice(0, 8)}-${file}.${ending}`;
      saveBlob(name, await response.blob());
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const error = problem ?? cancel.error;
  return (
    <Flex direction="column" gap="2">
      <Flex gap="2">
        {isUnderWay(job) && (
          <ActionButton
            action={{ enabled: true }}
            label={say.cancel}
            description={say.cancelLabel(job)}
            onPress={cancel.submit}
          />
        )}
        {job.state === 'succeeded' && (
          <ActionButton
            action={{ enabled: true }}
            label={say.download}
            description={say.downloadLabel(job)}
            onPress={() => download('output')}
          />
        )}
        {job.rejected > 0 && !isUnderWay(job) && (
          <ActionButton
            action={{ enabled: true }}
            label={say.rejected}
            description={say.rejectedLabel(job)}
            onPress={() => download('rejected')}
          />
        )}
      </Flex>
      {error && <Alert status="danger" icon title={error} />}
    </Flex>
  );
}
