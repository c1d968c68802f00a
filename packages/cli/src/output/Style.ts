const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Color = keyof typeof CODES;

/** Colours text, or leaves it alone. */
export type Paint = (color: Color, text: string) => string;

export const plainPaint: Paint = (_color, text) => text;

export const colorPaint: Paint = (color, text) =>
  `\u001b[${CODES[color][0]}m${text}\u001b[${CODES[color][1]}m`;

/** https://no-color.org, with FORCE_COLOR and dumb terminals. */
export function wantsColor(
  isTty: boolean,
  env: NodeJS.ProcessEnv,
  flag: boolean,
): boolean {
  if (!flag || env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return isTty && env.TERM !== 'dumb';
}
