import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// Rendering a whole app takes its time on a busy machine.
jest.setTimeout(60_000);
configure({ asyncUtilTimeout: 10_000 });
