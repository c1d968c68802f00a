import { ConsumerLimits } from './ConsumerLimits';
import { parseCallers } from './callersFile';

describe('ConsumerLimits', () => {
  const consumer = (limits: object) => {
    const [rules] = parseCallers(
      JSON.stringify({
        consumers: [
          { name: 'shop', keys: [{ sha256: 'a'.repeat(64) }], limits },
        ],
      }),
    ).consumers;
    return { name: rules.name, rules };
  };

  it('lets a burst in, then so many a second, and says when to come again', () => {
    let now = 0;
    const limits = new ConsumerLimits(() => now);
    const shop = consumer({ requestsPerSecond: 2, burst: 3 });
    const come = () => limits.enter(shop)();
    for (let i = 0; i < 3; i++) come();
    expect(come).toThrow(/may send 2 requests a second/);
    now += 499;
    expect(come).toThrow(
      expect.objectContaining({ status: 429, retryAfter: 1 }),
    );
    now += 1;
    come();
    expect(come).toThrow();
    // A pause is worth no more than the burst.
    now += 3_600_000;
    for (let i = 0; i < 3; i++) come();
    expect(come).toThrow();
  });

  it('counts those under way until they leave', () => {
    const limits = new ConsumerLimits();
    const shop = consumer({ concurrency: 1 });
    const leave = limits.enter(shop);
    expect(() => limits.enter(shop)).toThrow(/has 1 requests under way/);
    leave();
    limits.enter(shop);
  });
});
