import {
  ResponseError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { aDeployment, aRelease, aVersion } from '../__testUtils__/fixtures';
import { isForbidden, isNotFound, messageOf } from './errors';
import { fetchSample } from './fetchSample';
import { healthView } from './health';
import { releaseDuration } from './releases';
import { summarise } from './summary';

describe('healthView', () => {
  it.each([
    ['healthy', 'Healthy', 'success'],
    ['starting', 'Starting', 'info'],
    ['failed', 'Failed', 'danger'],
    ['unknown', 'No data', 'warning'],
    ['none', 'Not deployed', 'neutral'],
  ] as const)('shows %s as "%s"', (health, word, tone) => {
    expect(healthView({ health })).toMatchObject({ word, tone });
  });

  it('shows a deployment that never was as not deployed', () => {
    expect(healthView(undefined).word).toBe('Not deployed');
  });
});

describe('summarise', () => {
  it('counts what a reader in a hurry wants to know', () => {
    expect(
      summarise([
        aDeployment(),
        aDeployment({ environment: 'staging', health: 'failed' }),
        aDeployment({ version: undefined, activeRelease: aRelease() }),
      ]),
    ).toEqual({ liveInProduction: 1, underWay: 1, failed: 1 });
  });

  it('counts a deployment whose newest release failed, live or not', () => {
    const lastFailure = aRelease({ state: 'failed' });
    expect(
      summarise([
        aDeployment({ lastFailure }),
        aDeployment({ version: undefined, health: 'none', lastFailure }),
        aDeployment({ version: undefined, health: 'none' }),
      ]).failed,
    ).toBe(2);
  });
});

describe('releaseDuration', () => {
  it('counts from the request to the end', () => {
    expect(releaseDuration(aRelease())).toBe('42 s');
    expect(releaseDuration(aRelease({ finishedAt: undefined }))).toBe(
      'under way',
    );
  });
});

describe('errors', () => {
  const response = (status: number, name: string) =>
    ResponseError.fromResponse(
      new Response(
        JSON.stringify({
          error: { name, message: 'the very reason' },
          request: { method: 'GET', url: '/x' },
          response: { statusCode: status },
        }),
        { status, headers: { 'content-type': 'application/json' } },
      ) as never,
    );

  it('says what the backend said', async () => {
    expect(messageOf(await response(500, 'Error'))).toBe('the very reason');
    expect(messageOf('odd')).toBe('odd');
  });

  it('tells forbidden and missing apart from broken', async () => {
    expect(isForbidden(await response(403, 'NotAllowedError'))).toBe(true);
    expect(isForbidden(new NotAllowedError('no'))).toBe(true);
    expect(isForbidden(await response(500, 'Error'))).toBe(false);
    expect(isNotFound(await response(404, 'NotFoundError'))).toBe(true);
    expect(isNotFound(new NotFoundError('no'))).toBe(true);
  });
});

describe('fetchSample', () => {
  const answering = (getSample: () => Promise<string | undefined>) => ({
    predictions: { getSample: jest.fn(getSample) },
  });

  it('reads the first sample of the version', async () => {
    const api = answering(async () => '{"inputs":[]}');
    await expect(fetchSample(api, aVersion())).resolves.toEqual({ inputs: [] });
    expect(api.predictions.getSample).toHaveBeenCalledWith(
      'wine-classifier',
      aVersion().version,
    );
  });

  it('does without when there is none, or it cannot be read', async () => {
    const never = answering(async () => '{}');
    await expect(
      fetchSample(never, { ...aVersion(), files: [] }),
    ).resolves.toBeUndefined();
    expect(never.predictions.getSample).not.toHaveBeenCalled();
    for (const api of [
      answering(async () => undefined),
      answering(async () => 'not JSON'),
      answering(async () => Promise.reject(new Error('offline'))),
    ]) {
      await expect(fetchSample(api, aVersion())).resolves.toBeUndefined();
    }
  });
});
