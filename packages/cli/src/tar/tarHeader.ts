/** A file, folder or link in an archive. */
export interface TarEntry {
  /** Without a slash at either end. */
  path: string;
  type: 'file' | 'folder' | 'link';
  /** Permissions, `0o644`. */
  mode: number;
  /** Bytes that follow; of files only. */
  size?: number;
  /** Where a link leads. */
  target?: string;
}

export const TAR_BLOCK = 512;
const TYPES = { file: '0', folder: '5', link: '2' } as const;
const MAX_OCTAL_SIZE = 0o77777777777;

/**
 * Header of an entry in the ustar format of POSIX.1, with a pax header before it
 * where a name does not fit, and GNU's number for more than 8 GiB. It holds neither time nor owner, so that
 * the same entry gives the same bytes on any machine.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const { size = 0, target = '' } = entry;
  const path = entry.type === 'folder' ? `${entry.path}/` : entry.path;
  const records = [
    ...(fits(path) ? [] : [record('path', path)]),
    ...(fits(target) ? [] : [record('linkpath', target)]),
  ];
  const own = block({ path, target, size }, entry.mode, TYPES[entry.type]);
  if (!records.length) return own;
  const extended = Buffer.from(records.join(''));
  return Buffer.concat([
    block({ path: 'pax', target: '', size: extended.length }, 0o644, 'x'),
    extended,
    tarPadding(extended.length),
    own,
  ]);
}

/** Fills the last block of a file. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
}

/** What an archive ends with. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * TAR_BLOCK);
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) <= 100 && /^[\x20-\x7e]*$/.test(text);
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  length = bytes + String(length).length;
  return `${length}${rest}`;
}

function block(
  { path, target, size }: { path: string; target: string; size: number },
  mode: number,
  type: string,
): Buffer {
  const header = Buffer.alloc(TAR_BLOCK);
  const octal = (value: number, offset: number, width: number) =>
    header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset);
  header.write(path, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  if (size <= MAX_OCTAL_SIZE) {
    octal(size, 124, 12);
  } else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  octal(0, 136, 12);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(target, 157, 100);
  header.write('ustar\x0000', 257);
  octal(0, 329, 8);
  octal(0, 337, 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
