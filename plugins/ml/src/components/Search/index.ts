export { RegistrySearchResult } from './RegistrySearchResult';
