export { RulesTab } from './RulesTab';
export { RulesTable } from './RulesTable';
