/**
 * Frontend of ML Platform: the page of all models, and the cards and tabs of
 * the `Model` entity page.
 *
 * @packageDocumentation
 */
export { mlPlugin as default, mlIconsModule } from './plugin';
export { mlScaffolderModule } from './scaffolder/module';
export { mlApiRef, type MlApi } from './api/MlApi';
