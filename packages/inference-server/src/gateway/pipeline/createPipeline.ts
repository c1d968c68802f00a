import type { RequestLog } from '../../log/RequestLog';
import type { ServingPlane } from '../../serving/ServingPlane';
import { AnonymousIdentifier } from './AnonymousIdentifier';
import { InferencePipeline } from './InferencePipeline';
import { MirroringExchange } from './MirroringExchange';
import { counting, logging } from './observers';
import { RunnerAdmission } from './RunnerAdmission';
import { SplitChooser } from './SplitChooser';
import type { PipelineSteps } from './steps';
import { WorkerExchange } from './WorkerExchange';

/** The usual pipeline, with other steps where they are given. */
export function createPipeline(options: {
  plane: ServingPlane;
  log: Pick<RequestLog, 'write'>;
  steps?: Partial<PipelineSteps>;
}): InferencePipeline {
  const { plane, log, steps } = options;
  return new InferencePipeline({
    identifier: new AnonymousIdentifier(),
    chooser: new SplitChooser(plane),
    admission: new RunnerAdmission(),
    exchanger: new MirroringExchange({ plane, inner: new WorkerExchange() }),
    observers: [counting, logging(log)],
    ...steps,
  });
}
