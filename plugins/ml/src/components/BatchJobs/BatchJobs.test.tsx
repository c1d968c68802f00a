import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { BatchJob } from '@ml-platform/plugin-ml-common';
import {
  batchJobsMock,
  broken,
  mlApiMock,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { BatchJobs } from './BatchJobs';

const JOB: BatchJob = {
  id: '0a1b2c3d-0000-4000-8000-000000000000',
  model: 'wine-classifier',
  environment: 'production',
  state: 'succeeded',
  version: '1.0.0',
  settings: {
    ...{ inputFormat: 'csv', outputFormat: 'csv', columns: [], keep: [] },
    ...{ missing: 'reject', maxRejected: '1' },
  },
  requestedBy: 'user:default/mei',
  ...{ inputBytes: 2_000, position: 2_000, rows: 1_200, rejected: 1 },
  message: '1199 of 1200 rows were predicted',
  createdAt: '2026-11-27T00:00:00.000Z',
  expiresAt: '2026-12-04T00:00:00.000Z',
};

function render(partial: Parameters<typeof batchJobsMock>[0]) {
  const api = mlApiMock({
    info: async () => ({
      ...{ version: '0.1.0', registry: '', identity: 'user:default/mei' },
      gateways: { staging: '', production: '' },
    }),
    batchJobs: batchJobsMock(partial),
  });
  return renderWithMl(
    <BatchJobs model="wine-classifier" environment="production" pin="1" />,
    { api },
  );
}

describe('batch jobs in the portal', () => {
  it('are begun with a file', async () => {
    const user = userEvent.setup();
    const create = jest.fn(async () => ({ ...JOB, state: 'queued' as const }));
    const { toast } = render({ create });
    expect(
      await screen.findByText('There are no batch jobs of this model.'),
    ).toBeInTheDocument();
    const start = screen.getByRole('button', { name: 'Predict' });
    expect(start).toHaveAccessibleDescription(/\.csv, \.jsonl or \.parquet/);
    const file = new File(['x\n1\n'], 'rows.ndjson');
    await user.upload(screen.getByLabelText('File'), file);
    await user.type(
      screen.getByRole('textbox', { name: 'Columns to pass on' }),
      'id, name',
    );
    await user.click(start);
    expect(create).toHaveBeenCalledWith(
      'wine-classifier',
      {
        ...{ environment: 'production', pin: '1', inputFormat: 'jsonl' },
        ...{ maxRejected: '0', keep: ['id', 'name'] },
      },
      file,
    );
    expect(toast.post).toHaveBeenCalledWith(
      expect.objectContaining({ title: 'Batch job 0a1b2c3d was created' }),
    );
  });

  it('say why one was refused', async () => {
    const user = userEvent.setup();
    render({ create: broken });
    await user.upload(
      await screen.findByLabelText('File'),
      new File(['x'], 'rows.csv'),
    );
    await user.click(screen.getByRole('button', { name: 'Predict' }));
    expect(await screen.findByText(/on holiday/)).toBeInTheDocument();
  });

  it('give their files to who asked, and to nobody else', async () => {
    const user = userEvent.setup();
    const download = jest.fn(broken);
    render({
      list: async () => ({
        items: [
          JOB,
          { ...JOB, id: 'ffffffff', requestedBy: 'user:default/noah' },
        ],
      }),
      download,
    });
    expect(await screen.findAllByText('1,200')).toHaveLength(2);
    await user.click(
      screen.getByRole('button', {
        name: 'Download the rejected rows of job 0a1b2c3d',
      }),
    );
    expect(download).toHaveBeenCalledWith(JOB.id, 'rejected');
    expect(await screen.findByText(/on holiday/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /ffffffff/ })).toBeNull();
  });

  it('show how far they are, and can be cancelled', async () => {
    const user = userEvent.setup();
    const cancel = jest.fn(async () => ({
      ...JOB,
      state: 'cancelled' as const,
    }));
    render({
      list: async () => ({
        items: [{ ...JOB, state: 'running', position: 500, rejected: 0 }],
      }),
      cancel,
    });
    expect(await screen.findByText('Running, 25 %')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: /^Cancel job/ }));
    await waitFor(() => expect(cancel).toHaveBeenCalledWith(JOB.id));
  });
});
