export { DayField } from './DayField';
export { EffectsDialog } from './EffectsDialog';
export { LifecycleDialog } from './LifecycleDialog';
export { VersionMenu } from './VersionMenu';
