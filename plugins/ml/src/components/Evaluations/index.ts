export { EvaluationSection } from './EvaluationSection';
