import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from './freePorts';
import type { UnpackedImage } from './unpackImage';

/** A way into a file system: words before the program that is run there. */
type Way = (user: string) => string[];

const USER = '65532:65532';
// The programs that lead into a file system are those of this machine.
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
const BIND = 'mount --bind /dev/null "$0/dev/null" && exec chroot "$@"';

/** Runs an image's file system as a container runtime would: its entrypoint, its user, nothing of this machine but the network and /dev/null. */
export class ImageProcess {
  static async start(image: UnpackedImage): Promise<ImageProcess> {
    const { config, root } = image;
    const [port] = await freePorts(1);
    const [command, ...args] = [
      ...enter(root)(config.User),
      ...config.Entrypoint,
      ...(config.Cmd ?? []),
    ];
    const child = spawn(command, args, {
      cwd: '/',
      env: {
        ...Object.fromEntries(config.Env.map(line => splitOnce(line, '='))),
        PATH,
        ML_PORT: String(port),
        ML_HOST: '127.0.0.1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = new ImageProcess(child, `http://127.0.0.1:${port}`);
    const line = await Promise.race([
      once(createInterface({ input: child.stdout! }), 'line'),
      running.ended.then(() => undefined),
    ]);
    if (!line) throw new Error(`The image did not start: ${running.log}`);
    return running;
  }

  log = '';
  readonly url: string;
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    child.stderr!.on('data', chunk => {
      this.log += chunk;
    });
    this.ended = once(child, 'close').then(([code]) => code);
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended;
  }
}

/** The first way into the file system that this machine allows. */
function enter(root: string): Way {
  mkdirSync(join(root, 'dev'), { recursive: true });
  const device = join(root, 'dev/null');
  writeFileSync(device, '');
  const bound = ['--mount', 'sh', '-c', BIND, root];
  const ways: Array<{ prepare?: () => void; way: Way }> =
    process.getuid!() === 0
      ? [
          { way: user => ['unshare', ...bound, `--userspec=${user}`, root] },
          {
            // Where mounting is not allowed, a device of its own may be.
            prepare() {
              rmSync(device);
              execFileSync('mknod', ['-m', '666', device, 'c', '1', '3']);
            },
            way: user => ['chroot', `--userspec=${user}`, root],
          },
        ]
      : [
          // Root of a namespace of its own, which is nobody outside of it.
          {
            way: () => ['unshare', '--user', '--map-root-user', ...bound, root],
          },
        ];
  const failures: string[] = [];
  for (const { prepare, way } of ways) {
    try {
      prepare?.();
      const [command, ...args] = [...way(USER), '/usr/bin/node', '-v'];
      execFileSync(command, args, { stdio: 'pipe', env: { PATH } });
      return way;
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new Error(
    `An image's file system can only be run where chroot is allowed: as root, or as a user who may make user namespaces (unshare --user).\n${failures.join(
      '\n',
    )}`,
  );
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return [text.slice(0, index), text.slice(index + at.length)];
}
