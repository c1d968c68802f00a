import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { mlApiMock, renderWithMl } from '../__testUtils__/renderWithMl';
import { aModel } from '../__testUtils__/fixtures';
import { useMlQuery } from './useMlQuery';

function Probe(props: { name?: string }) {
  const name = props.name ?? 'wine-classifier';
  const query = useMlQuery({
    key: name,
    load: api => api.getModel(name),
    concerns: signal => signal.model === name,
  });
  return (
    <>
      <button onClick={query.reload}>reload</button>
      <output>
        {query.status === 'ready'
          ? `${query.data.description}${query.staleError ? ' (stale)' : ''}`
          : query.status}
      </output>
    </>
  );
}

const answer = (description: string) => aModel({ description });
const shown = (text: string) =>
  waitFor(() => expect(screen.getByRole('status')).toHaveTextContent(text));

it('reads again when a signal concerns it, and only then', async () => {
  const getModel = jest
    .fn()
    .mockResolvedValueOnce(answer('first'))
    .mockResolvedValueOnce(answer('second'));
  const { signals } = renderWithMl(<Probe />, { api: mlApiMock({ getModel }) });
  await shown('first');

  await signals.send({ model: 'another' });
  expect(getModel).toHaveBeenCalledTimes(1);

  await signals.send({ model: 'wine-classifier' });
  await shown('second');
});

it('reads once more when a signal comes while it reads', async () => {
  const answers: Array<(model: ReturnType<typeof aModel>) => void> = [];
  const getModel = jest.fn(
    () => new Promise<ReturnType<typeof aModel>>(done => answers.push(done)),
  );
  const { signals } = renderWithMl(<Probe />, { api: mlApiMock({ getModel }) });
  await waitFor(() => expect(getModel).toHaveBeenCalledTimes(1));

  await signals.send({ model: 'wine-classifier' });
  await signals.send({ model: 'wine-classifier' });
  expect(getModel).toHaveBeenCalledTimes(1);

  await act(async () => answers[0](answer('before the change')));
  await waitFor(() => expect(getModel).toHaveBeenCalledTimes(2));
  await act(async () => answers[1](answer('after the change')));
  await shown('after the change');
  expect(getModel).toHaveBeenCalledTimes(2);
});

it('keeps the old data when a refresh fails, says so, and recovers', async () => {
  const getModel = jest
    .fn()
    .mockResolvedValueOnce(answer('known'))
    .mockRejectedValueOnce(new Error('offline'))
    .mockResolvedValueOnce(answer('known better'));
  renderWithMl(<Probe />, { api: mlApiMock({ getModel }) });
  await shown('known');

  fireEvent.focus(window);
  await shown('known (stale)');

  fireEvent.click(screen.getByText('reload'));
  await shown('known better');
  expect(screen.getByRole('status')).not.toHaveTextContent('stale');
});

it('can be tried again after it failed at first', async () => {
  const getModel = jest
    .fn()
    .mockRejectedValueOnce(new Error('offline'))
    .mockResolvedValueOnce(answer('there'));
  renderWithMl(<Probe />, { api: mlApiMock({ getModel }) });
  await shown('failed');
  fireEvent.click(screen.getByText('reload'));
  await shown('there');
  expect(getModel).toHaveBeenCalledTimes(2);
});
