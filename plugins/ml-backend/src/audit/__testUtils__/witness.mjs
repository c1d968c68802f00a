/*
 * A witness as C2SP tlog-witness describes it, as a process of its own with a
 * memory on disk. It shares no code with the platform.
 *
 *   node witness.mjs <folder> <name of the log> <public key of the log, base64>
 *
 * Prints its address and its key as JSON.
 */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  createPrivateKey,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [folder, logName, logKey] = process.argv.slice(2);
const NAME = 'witness.example/w1';
const sha = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const keyFile = join(folder, 'key.pem');
if (!existsSync(keyFile)) {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
}
const privateKey = createPrivateKey(readFileSync(keyFile, 'utf8'));
const raw = createPublicKey(privateKey)
  .export({ type: 'spki', format: 'der' })
  .subarray(-32);
const typed = Buffer.concat([Buffer.of(4), raw]);
const keyHash = sha(`${NAME}\n`, typed).subarray(0, 4);

const stateFile = join(folder, 'state.json');
const read = () =>
  existsSync(stateFile)
    ? JSON.parse(readFileSync(stateFile, 'utf8'))
    : { size: 0, root: sha().toString('base64') };

const publicKey = createPublicKey({
  key: Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(logKey, 'base64'),
  ]),
  type: 'spki',
  format: 'der',
});

const node = (left, right) => sha(Buffer.of(1), left, right);
const split = n => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** RFC 6962, 2.1.2, backwards: both roots as a proof has them. */
function roots(m, n, proof, known) {
  const rest = [...proof];
  const walk = (size, total, whole) => {
    if (size === total) {
      const hash = whole ? known : rest.shift();
      return [hash, hash];
    }
    const k = split(total);
    if (size <= k) {
      const [old, now] = walk(size, k, whole);
      return [old, node(now, rest.shift())];
    }
    const [old, now] = walk(size - k, total - k, false);
    const left = rest.shift();
    return [node(left, old), node(left, now)];
  };
  const found = walk(m, n, true);
  return rest.length ? [] : found;
}

function judge(body) {
  const [head, ...note] = body.split('\n\n');
  const [first, ...hashes] = head.split('\n');
  const old = Number(/^old (\d+)$/.exec(first)?.[1] ?? NaN);
  const text = `${note[0]}\n`;
  const [origin, size, root] = text.split('\n');
  if (Number.isNaN(old) || note.length !== 2) return [400, 'malformed'];
  if (origin !== logName) return [404, 'unknown log'];
  const isSigned = note[1].split('\n').some(line => {
    const [, name, blob] = line.split(' ');
    const bytes = Buffer.from(blob ?? '', 'base64').subarray(4);
    return (
      name === logName && verify(undefined, Buffer.from(text), publicKey, bytes)
    );
  });
  if (!isSigned) return [403, 'not signed by the log'];
  const state = read();
  if (old > Number(size)) return [400, 'old is more than the size'];
  if (old !== state.size) return [409, `${state.size}\n`];
  const seen = Buffer.from(state.root, 'base64');
  const claimed = Buffer.from(root, 'base64');
  if (old === Number(size) && !seen.equals(claimed)) return [409, `${old}\n`];
  if (old > 0 && old < Number(size)) {
    const proof = hashes.map(hash => Buffer.from(hash, 'base64'));
    let found = [];
    try {
      found = roots(old, Number(size), proof, seen);
    } catch {
      // Too short.
    }
    if (!found[0]?.equals(seen) || !found[1]?.equals(claimed)) {
      return [422, 'no proof'];
    }
  }
  writeFileSync(
    `${stateFile}.new`,
    JSON.stringify({ size: Number(size), root }),
  );
  renameSync(`${stateFile}.new`, stateFile);
  const time = Buffer.alloc(8);
  const seconds = Math.floor(Date.now() / 1000);
  time.writeBigUInt64BE(BigInt(seconds));
  const message = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
  const signature = Buffer.concat([
    keyHash,
    time,
    sign(undefined, message, privateKey),
  ]);
  return [200, `— ${NAME} ${signature.toString('base64')}\n`];
}

const server = createServer((request, response) => {
  let body = '';
  request.on('data', chunk => {
    body += chunk;
  });
  request.on('end', () => {
    const isKnown =
      request.method === 'POST' && request.url === '/add-checkpoint';
    const [status, text] = isKnown ? judge(body) : [404, 'nothing here'];
    response.writeHead(status, {
      'content-type': status === 409 ? 'text/x.tlog.size' : 'text/plain',
    });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const key = `${NAME}+${keyHash.toString('hex')}+${typed.toString('base64')}`;
  process.stdout.write(`${JSON.stringify({ url, key })}\n`);
});
process.on('disconnect', () => process.exit());
