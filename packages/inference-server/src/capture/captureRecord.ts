import type { ModelInterface, TensorSpec } from '@ml-platform/plugin-ml-common';
import type { RequestFacts } from '../telemetry/RequestFacts';
import type { BodyTap, TappedBody } from './BodyTap';
import type { PersonalValues } from './PersonalValues';
import { type ReadTensor, readTensors } from './readTensors';

/** A tensor in a captured prediction. */
interface CapturedTensor {
  name: string;
  datatype: string;
  shape: number[];
  /** Absent when the values are personal and there is no key for tokens. */
  data?: unknown[];
  /** How personal values were made unreadable. */
  personal?: 'tokenized' | 'dropped';
}

/** A prediction as it is captured for monitoring. */
export function captureRecord(
  facts: RequestFacts,
  tap: BodyTap,
  options: { interface: ModelInterface; personal: PersonalValues },
) {
  const { model } = facts;
  const { interface: declared, personal } = options;
  const side = (
    name: 'inputs' | 'outputs',
    body: TappedBody | undefined,
  ): CapturedTensor[] | undefined => {
    const tensors = body && readTensors(body, name);
    return tensors && protectAll(model, tensors, declared[name], personal);
  };
  const inputs = side('inputs', tap.request.body());
  const outputs = side('outputs', tap.response.body());
  return {
    time: new Date(facts.startedAt).toISOString(),
    requestId: facts.requestId,
    traceId: facts.trace.traceId,
    environment: facts.environment,
    model,
    version: facts.version,
    arm: facts.arm,
    consumer: facts.consumer,
    status: facts.status,
    latencyMs: Math.round(facts.latencyMs * 1000) / 1000,
    inputs,
    outputs,
    ...(inputs && outputs ? {} : { incomplete: true }),
  };
}

/** Only what the interface names is taken: nobody said of the rest whether it is personal. */
function protectAll(
  model: string,
  tensors: ReadTensor[],
  declared: readonly TensorSpec[],
  personal: PersonalValues,
): CapturedTensor[] {
  return tensors.flatMap((tensor): CapturedTensor[] => {
    const spec = declared.find(({ name }) => name === tensor.name);
    if (!spec) return [];
    if (!spec.pii) return [tensor];
    const { name, datatype, shape } = tensor;
    const data = personal.protect({ model, tensor: name }, tensor.data);
    const how = data ? ('tokenized' as const) : ('dropped' as const);
    return [{ name, datatype, shape, data, personal: how }];
  });
}
