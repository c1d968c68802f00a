export { modelEntityModel } from './catalog/modelLayer';
