/** What a supervised server says to its supervisor. */
export type ServerMessage =
  /** It needs a socket to listen on; the answer carries it. */
  | { type: 'listener'; key: string; host: string; port: number }
  /** Its versions have had their first attempt; a successor listens when it is told to. */
  | { type: 'loaded'; ready: string[] }
  | { type: 'listening' }
  /** It accepts no change any more; these versions are ready. */
  | { type: 'frozen'; ready: string[] };

/** What the supervisor says. */
export type SupervisorMessage =
  | { type: 'listener'; key: string; error?: string }
  | { type: 'listen' }
  /** A successor is about to start: accept no change. */
  | { type: 'freeze' }
  /** There will be no successor for now. */
  | { type: 'thaw' }
  /** The successor listens: accept no connection, finish and end. */
  | { type: 'retire' };

/** Set for a supervised server: `first`, or `successor` of one that runs. */
export const ROLE_VARIABLE = 'ML_SUPERVISED_AS';
