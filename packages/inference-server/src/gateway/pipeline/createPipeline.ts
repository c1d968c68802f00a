import type { ServingPlane } from '../../serving/ServingPlane';
import { AnonymousIdentifier } from './AnonymousIdentifier';
import { InferencePipeline } from './InferencePipeline';
import { MirroringExchange } from './MirroringExchange';
import { counting } from './observers';
import { RunnerAdmission } from './RunnerAdmission';
import { SplitChooser } from './SplitChooser';
import type { CallObserver, PipelineSteps } from './steps';
import { WorkerExchange } from './WorkerExchange';

/** The usual pipeline, with other steps where they are given. */
export function createPipeline(options: {
  plane: ServingPlane;
  /** Told of each request, after it was counted. */
  telemetry: CallObserver;
  steps?: Partial<PipelineSteps>;
}): InferencePipeline {
  const { plane, telemetry, steps } = options;
  return new InferencePipeline({
    identifier: new AnonymousIdentifier(),
    chooser: new SplitChooser(plane),
    admission: new RunnerAdmission(),
    exchanger: new MirroringExchange({ plane, inner: new WorkerExchange() }),
    observers: [counting, telemetry],
    ...steps,
  });
}
