export { FailedState } from './FailedState';
export { LoadingState } from './LoadingState';
export { notRegistered } from './NotRegistered';
export { QueryView } from './QueryView';
export { StaleBanner } from './StaleBanner';
export { StateMessage } from './StateMessage';
