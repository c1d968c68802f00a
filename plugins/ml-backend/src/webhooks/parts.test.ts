import { nextAttempt } from './retry';
import { SecretBox } from './SecretBox';
import { signatureHeaders } from './signature';
import { isPrivateAddress } from './targetAddress';

describe('parts of webhooks', () => {
  it('signs as Standard Webhooks does, by its published example', () => {
    expect(
      signatureHeaders({
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
        body: '{"test": 2432232314}',
        at: new Date(1614265330_000),
      })['webhook-signature'],
    ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('tells private addresses from public ones, in all their spellings', () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '169.254.169.254',
      '172.31.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '::ffff:a9fe:a9fe',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
    ]) {
      expect([address, isPrivateAddress(address)]).toEqual([address, true]);
    }
    for (const address of ['93.184.215.14', '172.32.0.1', '2606:4700::1111']) {
      expect([address, isPrivateAddress(address)]).toEqual([address, false]);
    }
  });

  it('doubles the wait, spreads it, and gives up after a day', () => {
    const now = new Date('2026-01-01T00:00:00.000Z');
    const createdAt = now.toISOString();
    const wait = (attempts: number, random: number) =>
      nextAttempt({
        attempts,
        createdAt,
        firstWait: 5_000,
        now,
        random,
      })!.getTime() - now.getTime();
    expect([1, 2, 3, 30].map(attempts => wait(attempts, 1))).toEqual([
      5_000, 10_000, 20_000, 14_400_000,
    ]);
    expect(wait(1, 0)).toBe(2_500);
    expect(
      nextAttempt({
        attempts: 20,
        createdAt,
        firstWait: 5_000,
        now: new Date('2026-01-01T23:00:00.000Z'),
        random: 1,
      }),
    ).toBeUndefined();
  });

  it('opens a secret with its own key and for its own webhook only', () => {
    const box = new SecretBox({ key: 'one' });
    const sealed = box.seal('whsec_x', 'a');
    expect(box.open(sealed, 'a')).toBe('whsec_x');
    expect(() => box.open(sealed, 'b')).toThrow('cannot be read');
    expect(() => new SecretBox({ key: 'two' }).open(sealed, 'a')).toThrow(
      'the encryption key changed',
    );
  });
});
