export { EnvironmentsCard } from './EnvironmentsCard';
export { EnvironmentStrip } from './EnvironmentStrip';
