import {
  type ExperimentArm,
  versionSchema,
} from '@ml-platform/plugin-ml-common';
import { texts } from '../texts';

/** Reads arms, a line each: `new = 1.1.0 : 20`. Gives what is wrong otherwise. */
export function parseArms(text: string): ExperimentArm[] | string {
  const say = texts.experiments.start;
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean);
  const arms: ExperimentArm[] = [];
  for (const line of lines) {
    const [, name, version, weight] =
      /^([a-z0-9-]+)\s*=\s*([^\s:]+)\s*:\s*(\d+(?:\.\d+)?)\s*%?$/.exec(line) ??
      [];
    if (!name || !versionSchema.safeParse(version).success) {
      return say.badArm(line);
    }
    if (arms.some(arm => arm.name === name)) return say.armTwice(name);
    arms.push({ name, version, weight: Number(weight) });
  }
  return arms.length < 2 ? say.fewArms : arms;
}
