import type { Deployment } from '@ml-platform/plugin-ml-common';

/** Colour of a state; the word beside it always says the same. */
export type Tone = 'success' | 'info' | 'warning' | 'danger' | 'neutral';

/** How a health is shown. */
export interface HealthView {
  word: string;
  tone: Tone;
  /** Why, where the data plane gave a reason. */
  detail?: string;
}

const VIEWS: Record<Deployment['health'], Omit<HealthView, 'detail'>> = {
  healthy: { word: 'Healthy', tone: 'success' },
  starting: { word: 'Starting', tone: 'info' },
  failed: { word: 'Failed', tone: 'danger' },
  unknown: { word: 'No data', tone: 'warning' },
  none: { word: 'Not deployed', tone: 'neutral' },
};

/** Turns what the data plane says of a deployment into a word and a colour. */
export function healthView(
  deployment: Pick<Deployment, 'health' | 'healthReason'> | undefined,
): HealthView {
  if (!deployment) return VIEWS.none;
  return { ...VIEWS[deployment.health], detail: deployment.healthReason };
}
