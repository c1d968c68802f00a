/** What a path of the protocol asks for. */
export interface Target {
  operation: 'server' | 'live' | 'ready' | 'model' | 'modelReady' | 'infer';
  model: string;
  /** `1.4.0` or `1`, as it stands in the path. */
  pin: string | undefined;
}

const MODEL =
  /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer))?$/;

const SERVER: Record<string, Target['operation']> = {
  '/v2': 'server',
  '/v2/health/live': 'live',
  '/v2/health/ready': 'ready',
};

/** Reads a path, without its query; undefined when the protocol has no such path. */
export function parsePath(path: string): Target | undefined {
  const match = MODEL.exec(path);
  if (match) {
    const [, model, pin] = match.map(decode);
    const action = match[3];
    if (model === undefined) return undefined;
    let operation: Target['operation'] = 'model';
    if (action === 'infer') operation = 'infer';
    if (action === 'ready') operation = 'modelReady';
    return { operation, model, pin };
  }
  const operation = Object.hasOwn(SERVER, path) ? SERVER[path] : undefined;
  return operation && { operation, model: '', pin: undefined };
}

/** Clients quote what need not be quoted, such as the + of a version. */
function decode(part: string | undefined): string | undefined {
  if (!part?.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    // As it came: no model has such a name.
    return part;
  }
}
