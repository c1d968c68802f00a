export { InterfaceTable } from './InterfaceTable';
export { ModelCardView } from './ModelCardView';
export { Section } from './Section';
