import { connect } from 'node:net';

/** Connects; `lost` is told why when the connection is over. */
export function openSocket(target, { read, lost }) {
  const socket = connect({ ...target, noDelay: true });
  let reason = 'the server hung up';
  socket.on('data', read);
  socket.on('error', error => {
    reason = error.message;
  });
  socket.on('close', () => lost(socket, reason));
  return socket;
}
