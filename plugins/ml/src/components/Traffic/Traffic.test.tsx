import { screen } from '@testing-library/react';
import type { TrafficReport } from '@ml-platform/plugin-ml-common';
import {
  broken,
  forbidden,
  mlApiMock,
  predictionsMock,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { Traffic } from './Traffic';

const REPORT: TrafficReport = {
  from: '2026-11-26T10:15:00.000Z',
  to: '2026-11-27T10:07:00.000Z',
  total: {
    ...{ requests: 1204, errors: 4, rejected: 40 },
    ...{ p50Ms: 1.8, p95Ms: 7.1, p99Ms: 16.2 },
  },
  versions: [
    { version: '1.1.0', requests: 1200, errors: 0, rejected: 40, p50Ms: 1.8 },
    { version: '1.0.0', requests: 4, errors: 4, rejected: 0, p50Ms: 30 },
  ],
  intervalSeconds: 900,
  intervals: [
    {
      start: '2026-11-26T10:15:00.000Z',
      ...{ requests: 4, errors: 4, rejected: 0 },
    },
    {
      start: '2026-11-27T10:00:00.000Z',
      ...{ requests: 1200, errors: 0, rejected: 40 },
    },
  ],
};

const render = (getTraffic: () => Promise<TrafficReport>) =>
  renderWithMl(<Traffic model="wine-classifier" environment="production" />, {
    api: mlApiMock({ predictions: predictionsMock({ getTraffic }) }),
  });

describe('traffic of the last day', () => {
  it('shows figures, the day as a chart, and each version', async () => {
    render(async () => REPORT);
    expect(await screen.findByText('1,204')).toBeInTheDocument();
    expect(screen.getByText('4 (0.33 %)')).toBeInTheDocument();
    expect(screen.getByText('16.2 ms')).toBeInTheDocument();
    const chart = screen.getByRole('img', {
      name: '1204 requests in the last 24 hours, 4 of them errors; at most 1200 in 15 minutes',
    });
    expect(chart).toHaveAttribute('viewBox', '0 0 96 40');
    expect(
      [...chart.querySelectorAll('rect')].map(bar => bar.getAttribute('x')),
    ).toEqual(['0', '95', '95']);
    expect(
      screen.getByRole('region', { name: 'Traffic of each version' }),
    ).toHaveTextContent('1.0.044 (100 %)030 ms');
  });

  it('says when nobody called', async () => {
    render(async () => ({
      ...REPORT,
      total: { requests: 0, errors: 0, rejected: 0 },
    }));
    expect(
      await screen.findByText(/Nobody called it in production/),
    ).toBeInTheDocument();
  });

  it('says why it shows nothing', async () => {
    render(forbidden);
    expect(await screen.findByText(/may not read/)).toBeInTheDocument();
  });

  it('offers to try again when it cannot be loaded', async () => {
    render(broken);
    expect(await screen.findByText(/on holiday/)).toBeInTheDocument();
  });
});
