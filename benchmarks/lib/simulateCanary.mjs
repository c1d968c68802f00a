// A canary step, simulated: requests come at random, fail at random, and each
// tick somebody looks at the counts.

const TICK_SECONDS = 20;

/** Numbers from 0 to 1, the same in every run (mulberry32). */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Runs one step. `watcher.rollsBack` is asked with each tick. Returns the
 * seconds after which it did, or undefined.
 */
export function simulateStep({
  random,
  scenario,
  perSecond,
  share,
  minutes,
  watcher,
}) {
  const ticks = (minutes * 60) / TICK_SECONDS;
  const mean = perSecond * TICK_SECONDS;
  for (let i = 1; i <= ticks; i += 1) {
    const seconds = i * TICK_SECONDS;
    const { canary, stable } = scenario(seconds / 60);
    const tick = {
      at: seconds * 1000,
      canary: draw(random, mean * share, canary),
      stable: draw(random, mean * (1 - share), stable),
    };
    if (watcher.rollsBack(tick)) return seconds;
  }
  return undefined;
}

function draw(random, mean, rate) {
  const bad = poisson(random, mean * rate);
  return { requests: bad + poisson(random, mean * (1 - rate)), bad, slow: 0 };
}

/** Knuth's way, in pieces, because e to the minus 700 is no number any more. */
function poisson(random, mean) {
  let count = 0;
  for (let left = mean; left > 0; left -= 500) {
    const limit = Math.exp(-Math.min(left, 500));
    for (let p = random(); p > limit; p *= random()) count += 1;
  }
  return count;
}
