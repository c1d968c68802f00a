export { ReleaseBoard } from './ReleaseBoard';
