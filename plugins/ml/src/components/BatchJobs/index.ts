export { BatchJobs } from './BatchJobs';
