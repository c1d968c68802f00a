import type { InputMapping, RowSource } from '@ml-platform/datasets';
import type { Predictor } from '../worker/Predictor';

const WARM_UP = 10;
const REQUESTS = 200;

/** What single requests took. */
export interface RequestFigures {
  milliseconds: number[];
  bytes: number[];
}

/** Sends the first rows one by one, one after the other; the first few warm up and do not count. */
export async function measureRequests(
  source: RowSource,
  mapping: InputMapping,
  predictor: Predictor,
): Promise<RequestFigures> {
  const figures: RequestFigures = { milliseconds: [], bytes: [] };
  let warmUps = 0;
  while (figures.bytes.length < REQUESTS) {
    // Few rows come round again.
    for await (const row of source.rows()) {
      const { bytes, milliseconds } = await predictor.predict(
        [mapping.encode(row)],
        mapping.isBatched,
      );
      warmUps += 1;
      if (warmUps <= WARM_UP) continue;
      figures.milliseconds.push(milliseconds);
      figures.bytes.push(bytes);
      if (figures.bytes.length === REQUESTS) break;
    }
  }
  return figures;
}
