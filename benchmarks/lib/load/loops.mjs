// How requests are spread over time.

/** Answers that are looked at: the first of each connection, then one in so many. */
const CHECK_EVERY = 50;
/** What was not answered so long after the last request counts as failed. */
const DRAIN_MS = 5_000;
const NOTHING = { latencies: [], errors: 0, seconds: 0 };

/**
 * Each connection sends the next request when the last is answered: as much as
 * the server takes. `check` gets some of the answers and throws on wrong ones.
 */
export async function saturate({ open, request, connections, seconds, check }) {
  const result = { ...NOTHING, latencies: [], reasons: new Set() };
  const opened = await openAll({ open, request, connections });
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    opened.map(async connection => {
      let count = 0;
      for (let now = performance.now(); now < end; count += 1) {
        const answer = await connection.send(request);
        const after = performance.now();
        record(result, answer, after - now);
        if (answer.ok && count % CHECK_EVERY === 0) check?.(answer);
        now = after;
      }
      connection.close();
    }),
  );
  return { ...result, seconds: (performance.now() - start) / 1000 };
}

/**
 * Sends at random times with a steady mean rate, whatever the server does.
 * Latency counts from when a request was due, so that one that had to wait
 * because others were late counts as the slow one that its caller would see.
 */
export async function arrive({
  open,
  request,
  connections,
  rate,
  seconds,
  check,
}) {
  const result = { ...NOTHING, latencies: [], reasons: new Set() };
  const due = dueTimes(rate, seconds);
  const idle = await openAll({ open, request, connections });
  const all = [...idle];
  const start = performance.now();
  let next = 0;
  let answered = 0;
  let isOver = false;
  const deadline = start + seconds * 1000 + DRAIN_MS;

  const sendDue = () => {
    const now = performance.now() - start;
    while (idle.length && next < due.length && due[next] <= now) {
      sendOne(idle.pop(), due[next++]);
    }
  };
  const sendOne = async (connection, at) => {
    const answer = await connection.send(request);
    if (isOver) return;
    record(result, answer, performance.now() - start - at);
    if (answer.ok && answered % CHECK_EVERY === 0) check?.(answer);
    answered += 1;
    idle.push(connection);
    sendDue();
  };
  await new Promise(resolve => {
    const timer = setInterval(() => {
      sendDue();
      if (answered < due.length && performance.now() < deadline) return;
      clearInterval(timer);
      isOver = true;
      resolve();
    }, 1);
  });
  for (const connection of all) connection.close();
  return {
    ...result,
    errors: result.errors + due.length - answered,
    seconds: (performance.now() - start) / 1000,
  };
}

/** Connections that each had an answer: callers keep theirs, so setting them up does not count. */
async function openAll({ open, request, connections }) {
  const opened = Array.from({ length: connections }, open);
  await Promise.all(opened.map(connection => connection.send(request)));
  return opened;
}

function record(result, { ok, head }, latency) {
  result.latencies.push(latency);
  if (ok) return;
  result.errors += 1;
  result.reasons.add(head.split('\r\n')[0]);
}

/** A Poisson process, the same in every run. */
function dueTimes(rate, seconds) {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 4_294_967_297;
  };
  const times = [];
  for (
    let at = 0;
    at < seconds * 1000;
    at -= (1000 / rate) * Math.log(random())
  ) {
    times.push(at);
  }
  return times;
}
