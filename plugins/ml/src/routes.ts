import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The page of all models. */
export const rootRouteRef = createRouteRef();
