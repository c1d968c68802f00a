export { EvidenceKinds } from './EvidenceKinds';
export { RulesTab } from './RulesTab';
export { RulesTable } from './RulesTable';
