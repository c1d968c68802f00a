import { z } from 'zod';

/** A user or a group, in the form that comparisons are made with. */
export const entityRef = z
  .string()
  .max(255)
  .regex(
    /^(user|group):[a-z0-9._-]+\/[a-z0-9._-]+$/,
    "must be a user or group in full form and lower case, e.g. 'group:default/fraud-team'",
  );
