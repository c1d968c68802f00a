// A closed-loop HTTP load generator on bare sockets: it takes a fraction of the
// processor time that an HTTP library does, and here it shares the machine
// with what it measures.
import { connect } from 'node:net';

/** Sends the same POST over and over on each connection, the next when the last is answered. */
export async function closedLoop({
  url,
  body,
  connections,
  seconds,
  headers = {},
}) {
  const { hostname, port, pathname } = new URL(url);
  const more = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const request = Buffer.from(
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n${more}content-length: ${Buffer.byteLength(
      body,
    )}\r\n\r\n${body}`,
  );
  const latencies = [];
  const end = performance.now() + seconds * 1000;
  let errors = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: connections }, () =>
      one(Number(port), hostname, request, end, (latency, ok) => {
        latencies.push(latency);
        if (!ok) errors += 1;
      }),
    ),
  );
  return { latencies, seconds: (performance.now() - start) / 1000, errors };
}

function one(port, host, request, end, done) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true });
    let sentAt = 0;
    let received = '';
    const send = () => {
      sentAt = performance.now();
      received = '';
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server hung up')));
    socket.on('data', chunk => {
      received += chunk.toString('latin1');
      const head = received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(received)[1]);
      if (received.length < head + 4 + length) return;
      const now = performance.now();
      done(now - sentAt, received.startsWith('HTTP/1.1 200'));
      if (now < end) {
        send();
        return;
      }
      socket.removeAllListeners('close');
      socket.destroy();
      resolve();
    });
  });
}

/** Percentiles in milliseconds and the rate, as text. */
export function summarize({ latencies, seconds, errors }) {
  const sorted = Float64Array.from(latencies).sort();
  const at = share =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    p50: at(0.5).toFixed(3),
    p95: at(0.95).toFixed(3),
    p99: at(0.99).toFixed(3),
    perSecond: Math.round(latencies.length / seconds),
    errors,
  };
}
