// Starts the inference server with one model live in production.
import { InferenceServer } from './InferenceServer.mjs';

const MODEL = 'classifier';
const VERSION = '1.0.0';

export async function startServing({ artifact, iface, env }) {
  const server = await InferenceServer.start({ env });
  try {
    await server.load(MODEL, VERSION, { file: artifact, iface });
    await server.route(MODEL, { [VERSION]: 1 }, 1);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    pid: server.pid,
    inferUrl: server.inferUrl(MODEL),
    stop: () => server.stop(),
  };
}
