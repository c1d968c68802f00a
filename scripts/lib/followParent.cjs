/**
 * Preloaded into the processes that the start script runs. The start script
 * holds the other end of a pipe; when it dies in whatever way, the pipe closes
 * and this process ends as if asked to, so nothing is left behind.
 */
const net = require('node:net');

const fd = Number(process.env.ML_PARENT_PIPE);
// Not for the children of this process.
delete process.env.ML_PARENT_PIPE;

if (fd) {
  // The parent reads the output. When it is gone, a line that is lost must not
  // keep this process from ending in order.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', error => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const pipe = new net.Socket({ fd, readable: true, writable: false });
  pipe.on('error', () => {});
  pipe.on('close', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 10_000).unref();
  });
  pipe.resume();
  pipe.unref();
}
