import { createCipheriv } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../__testUtils__/eventually';
import { type PushEnd, PushProcess } from '../__testUtils__/PushProcess';
import { digestOf } from '../__testUtils__/RegistryClient';
import { StoreProcess, TOKEN } from '../__testUtils__/StoreProcess';

jest.setTimeout(180_000);

const REPOSITORY = 'models/wine';
const MEBIBYTE = 1024 * 1024;
/** More than a client lets the store make in two requests. */
const SIZE = 160 * MEBIBYTE;

/** The same in every run, and nothing in it comes twice. */
function someBytes(length: number, seed: number): Buffer {
  const cipher = createCipheriv(
    'aes-128-ctr',
    Buffer.alloc(16, seed),
    Buffer.alloc(16),
  );
  return cipher.update(Buffer.alloc(length));
}

describe('pushing a file of which the store has an older state', () => {
  const first = someBytes(SIZE, 1);
  /** Something changed, put in, and taken out: less than 1 %. */
  const second = Buffer.concat([
    first.subarray(0, 30 * MEBIBYTE),
    someBytes(300_000, 2),
    first.subarray(30 * MEBIBYTE + 300_000, 80 * MEBIBYTE),
    someBytes(77, 3),
    first.subarray(80 * MEBIBYTE, 120 * MEBIBYTE),
    first.subarray(121 * MEBIBYTE + 5),
  ]);
  let directory: string;
  let store: StoreProcess;
  let door: Server;
  let previous: string;
  let files: string;

  /** The address stays when the store is started anew on another port. */
  async function openDoor() {
    door = createServer(socket => {
      const inner = connect(
        Number(new URL(store.client.url).port),
        '127.0.0.1',
      );
      socket
        .on('error', () => inner.destroy())
        .on('close', () => inner.destroy());
      inner
        .on('error', () => socket.destroy())
        .on('close', () => socket.destroy());
      socket.pipe(inner).pipe(socket);
    });
    await new Promise<void>(done => door.listen(0, '127.0.0.1', done));
  }

  function push(onProgress?: (done: number) => void, cache = 'cache') {
    return new PushProcess(
      {
        base: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
        token: TOKEN,
        repository: REPOSITORY,
        file: join(files, 'model.bin'),
        cache: join(directory, cache),
        previous,
      },
      onProgress,
    );
  }

  /** Of the only upload that is under way. */
  async function uploadedBytes(): Promise<number> {
    const folder = join(directory, 'artifacts/uploads');
    const [id] = await readdir(folder);
    return id ? (await stat(join(folder, id))).size : 0;
  }

  async function expectPushed(end: PushEnd | undefined): Promise<void> {
    expect(end?.digest).toBe(digestOf(second));
    const pulled = await store.client.fetch(
      `/v2/${REPOSITORY}/blobs/${end!.digest}`,
    );
    expect(digestOf(Buffer.from(await pulled.arrayBuffer()))).toBe(end!.digest);
    // So that the next test finds the older state only.
    await store.client.fetch(`/v2/${REPOSITORY}/manifests/${end!.manifest}`, {
      method: 'DELETE',
    });
    const deleted = await store.client.fetch(
      `/v2/${REPOSITORY}/blobs/${end!.digest}`,
      { method: 'DELETE' },
    );
    expect(deleted.status).toBe(202);
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ml-delta-'));
    files = await mkdtemp(join(tmpdir(), 'ml-delta-files-'));
    store = await StoreProcess.start({ directory });
    await openDoor();
    await writeFile(join(files, 'model.bin'), first);
    const end = await push().end();
    previous = end!.manifest;
    await writeFile(join(files, 'model.bin'), second);
  });

  afterAll(async () => {
    door.close();
    await store.kill();
    await rm(directory, { recursive: true, force: true });
    await rm(files, { recursive: true, force: true });
  });

  it('sends what is new only, and keeps its memory flat', async () => {
    const before = await store.measureMemory();
    const pushing = push();
    const end = await pushing.end();
    expect(end!.wireBytes).toBeLessThan(1.5 * MEBIBYTE);
    expect(end!.sentBytes).toBeLessThan(end!.wireBytes);
    expect(end!.sentBytes).toBeGreaterThan(300_000);
    expect(pushing.said.at(-1)).toMatch(
      /^Uploaded 1 file: sent .* of 159\.0 MiB, the rest was there already$/,
    );
    const after = await store.measureMemory();
    expect(after.peakRss - before.rss).toBeLessThan(100 * MEBIBYTE);
    await expectPushed(end);
  });

  it('goes on when the client was killed between its requests', async () => {
    const killed = push(done => done > 0 && killed.kill());
    expect(await killed.end()).toBeUndefined();
    const again = push();
    const end = await again.end();
    expect(again.said[0]).toMatch(/^Resuming model\.bin at \d+\.\d MiB of 159/);
    expect(end!.wireBytes).toBeLessThan(1.5 * MEBIBYTE);
    await expectPushed(end);
  });

  it('goes on when the store was killed while it copied', async () => {
    const pushing = push();
    await eventually(
      async () => (await uploadedBytes()) > MEBIBYTE,
      'the store copies',
    );
    await store.kill();
    store = await StoreProcess.start({ directory });
    const end = await pushing.end();
    expect(pushing.said).toContainEqual(
      expect.stringMatching(/^Trying again with model\.bin/),
    );
    expect(end!.wireBytes).toBeLessThan(2.5 * MEBIBYTE);
    await expectPushed(end);
  });
});
