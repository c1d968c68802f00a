import { texts } from '../texts';
import { type ActionState, firstReason } from './actions';

/** More columns than this do not fit beside each other. */
const MOST_COMPARED = 4;

/** Reads the versions that an address names, each once. */
export function parseSelection(text: string | undefined): string[] {
  return [...new Set(text?.split(',').filter(Boolean))];
}

/** Adds a version to the selection, or takes it away. */
export function toggleVersion(selection: string[], version: string): string[] {
  return selection.includes(version)
    ? selection.filter(each => each !== version)
    : [...selection, version];
}

/** Whether the selected versions can be shown side by side. */
export function compareAction(selection: string[]): ActionState {
  return firstReason(
    selection.length < 2 && texts.compare.tooFew,
    selection.length > MOST_COMPARED &&
      texts.compare.tooMany(selection.length, MOST_COMPARED),
  );
}
