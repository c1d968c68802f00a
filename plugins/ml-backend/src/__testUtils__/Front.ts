import { type AddressInfo, connect, createServer } from 'node:net';

/** An address that is known before the backend behind it has one. */
export class Front {
  /** Of the backend, once it listens. */
  port = 0;
  readonly #server = createServer(socket => {
    const inner = connect(this.port, 'localhost');
    for (const end of [socket, inner]) end.on('error', () => {});
    socket.pipe(inner).pipe(socket);
  });

  /** Gives the address. */
  async start(): Promise<string> {
    await new Promise<void>(resolve => {
      this.#server.listen(0, 'localhost', resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    return `http://localhost:${port}`;
  }

  stop(): void {
    this.#server.close();
  }
}
