import { mockServices } from '@backstage/backend-test-utils';
import { readEvaluationSettings } from './evaluationSettings';

const read = (signingKey?: string) =>
  readEvaluationSettings(
    mockServices.rootConfig({ data: { ml: { evaluation: { signingKey } } } }),
  );
const ofBytes = (length: number, fill = 7) =>
  Buffer.alloc(length, fill).toString('base64url');

describe('settings of evaluations', () => {
  it('have a signer where there is a key, and none where there is not', () => {
    expect(read(ofBytes(32))).toMatchObject({
      signer: { fingerprint: expect.any(String) },
      anchor: { name: 'the platform' },
    });
    expect(read().signer).toBeUndefined();
  });

  it.each([
    ['is too short', ofBytes(31), 'has 31 bytes, not 32'],
    [
      'is not base64url',
      `${ofBytes(32).slice(0, 42)}\n!${ofBytes(32).slice(42)}`,
      'has characters that are not of base64url',
    ],
    ['is zero', ofBytes(32, 0), 'is not the number of a key'],
    ['is above the order of the curve', ofBytes(32, 255), 'is not the number'],
  ])('are refused where the key %s, with what to do', (_case, key, problem) => {
    const attempt = () => read(key);
    expect(attempt).toThrow(`ml.evaluation.signingKey: ${problem}`);
    expect(attempt).toThrow(/Put back the one that was there.*openssl rand/);
    // A key that only lacks its end is a secret as well.
    expect(attempt).not.toThrow(key);
  });
});
