export * from './binary';
export * from './GrpcClient';
export * from './models';
export * from './ServerProcess';
export * from './TestBed';
export * from './TestRegistry';
export * from './untilBusy';
export * from './waitFor';
