import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  Evaluation,
  EvaluationGateState,
  EvaluationReport,
} from '@ml-platform/plugin-ml-common';
import {
  broken,
  evaluationsMock,
  mlApiMock,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { EvaluationSection } from './EvaluationSection';

const aGate = (
  changes: Partial<EvaluationGateState> = {},
): EvaluationGateState => ({
  ...{ model: 'wine-classifier', version: '1.1.0', passed: false },
  evaluable: true,
  ...{ requiredFor: ['production'], message: 'it was not evaluated' },
  ...changes,
});

const anEvaluation = (changes: Partial<Evaluation> = {}): Evaluation => ({
  ...{ id: 'e1', model: 'wine-classifier', version: '1.1.0' },
  ...{ digest: `sha256:${'1'.repeat(64)}`, state: 'failed' },
  ...{ origin: 'platform', requestedBy: 'user:default/mei' },
  createdAt: '2026-01-02T03:04:05.000Z',
  finishedAt: '2026-01-02T03:05:05.000Z',
  summary: '1 of 2 checks failed: accuracy is 0.7',
  ...changes,
});

const report: EvaluationReport = {
  apiVersion: 'ml.internal/v1alpha1',
  kind: 'EvaluationReport',
  ...{ model: 'wine-classifier', version: '1.1.0', verdict: 'failed' },
  summary: '1 of 2 checks failed: accuracy is 0.7',
  suite: { path: 'eval/suite.yaml', digest: `sha256:${'2'.repeat(64)}` },
  startedAt: '2026-01-02T03:04:05.000Z',
  finishedAt: '2026-01-02T03:05:05.000Z',
  datasets: [],
  checks: [
    {
      ...{ kind: 'metric', name: 'accuracy', verdict: 'failed' },
      ...{ value: 0.7, threshold: { min: 0.8 }, missedBy: 0.1, rows: 72 },
      message: 'accuracy is 0.7',
    },
  ],
  plots: [
    {
      dataset: 'holdout',
      confusion: {
        classes: ['0', '1'],
        counts: [
          [30, 6],
          [10, 26],
        ],
      },
    },
  ],
};

const open = (evaluations: Parameters<typeof evaluationsMock>[0]) =>
  renderWithMl(<EvaluationSection model="wine-classifier" version="1.1.0" />, {
    api: mlApiMock({ evaluations: evaluationsMock(evaluations) }),
  });

describe('the evaluation of a version', () => {
  it('says what is missing, and has it done', async () => {
    const start = jest.fn(async () => anEvaluation({ state: 'queued' }));
    open({
      gate: async () => aGate(),
      list: async () => ({ items: [] }),
      start,
    });
    expect(
      await screen.findByText('Has not passed its evaluation'),
    ).toBeInTheDocument();
    expect(
      screen.getByText(
        'It was not evaluated. Production takes versions only that passed.',
      ),
    ).toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', { name: 'Evaluate 1.1.0 on the platform' }),
    );
    expect(start).toHaveBeenCalledWith('wine-classifier', '1.1.0');
  });

  it('shows each check with its threshold, and the plots in words, too', async () => {
    open({
      gate: async () => aGate(),
      list: async () => ({ items: [anEvaluation()] }),
      get: async () => anEvaluation({ report }),
    });
    const row = await screen.findByRole('row', { name: /metric: accuracy/ });
    expect(within(row).getByText('failed, missed by 0.1')).toBeInTheDocument();
    expect(within(row).getByText('≥ 0.8')).toBeInTheDocument();
    expect(
      screen.getByRole('img', {
        name: /Confusion matrix. right class 0: 30 0, 6 1/,
      }),
    ).toBeInTheDocument();
  });

  it('does not start a second one beside one that runs', async () => {
    open({
      gate: async () => aGate(),
      list: async () => ({
        items: [anEvaluation({ state: 'running', finishedAt: undefined })],
      }),
    });
    const button = await screen.findByRole('button', {
      name: 'Evaluate 1.1.0 on the platform',
    });
    expect(button).toHaveAttribute('aria-disabled', 'true');
    expect(button).toHaveAccessibleDescription(
      'An evaluation of this version is under way',
    );
  });

  it('says when it cannot be loaded', async () => {
    open({ gate: broken, list: broken });
    expect(
      await screen.findByText(/The database is on holiday/),
    ).toBeInTheDocument();
  });
});
