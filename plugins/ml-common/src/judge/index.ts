export * from './types';
export { ODDS_RATIOS } from './eProcess';
export { DEFAULT_JUDGE_SETTINGS, judge, observe, startStep } from './judge';
export { TickCounter, type CountedRequest } from './TickCounter';
export { decideStep, type StepAction, type StepProgress } from './decideStep';
