const colour =
  Boolean(process.stderr.isTTY) &&
  !process.env.NO_COLOR &&
  process.env.TERM !== 'dumb';

const paint = code => text => colour ? `\u001b[${code}m${text}\u001b[0m` : text;

export const bold = paint('1');
export const dim = paint('2');
export const red = paint('31');
export const green = paint('32');
export const yellow = paint('33');

export const interactive = Boolean(process.stderr.isTTY) && !process.env.CI;

let transient = false;

function clear() {
  if (transient) {
    process.stderr.write('\r\u001b[2K');
    transient = false;
  }
}

/** Prints a line of talk; stdout is left to what scripts may want to read. */
export function say(line = '') {
  clear();
  process.stderr.write(`${line}\n`);
}

export const done = line => say(`${green('✓')} ${line}`);
export const warn = line => say(`${yellow('!')} ${line}`);
export const fail = line => say(`${red('✗')} ${line}`);

/** Replaces the last line on a terminal; does nothing elsewhere. */
export function status(line) {
  if (!interactive) return;
  clear();
  const width = (process.stderr.columns || 80) - 1;
  process.stderr.write(dim(line.slice(0, width)));
  transient = true;
}

/** `0.8 s`, `42 s`, `3 min 5 s`. */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
