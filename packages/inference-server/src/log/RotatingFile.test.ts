import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../__testUtils__';
import { RotatingFile } from './RotatingFile';

describe('RotatingFile', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ml-log-test-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const open = () =>
    new RotatingFile({
      folder,
      name: 'log',
      maxBytes: 1000,
      keep: 2,
      onError: error => {
        throw error;
      },
    });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  it('is written soon, and goes on where it was', async () => {
    const first = open();
    first.writeLine('one');
    await waitFor('the line', () => (read('log') ? true : undefined));
    first.writeLine('two');
    await first.close();
    const second = open();
    second.writeLine('three');
    await second.close();
    expect(read('log')).toBe('one\ntwo\nthree\n');
  });

  it('begins a line of its own where one was broken off', async () => {
    writeFileSync(join(folder, 'log'), 'one\ntw');
    const file = open();
    file.writeLine('three');
    await file.close();
    expect(read('log')).toBe('one\ntw\nthree\n');
  });

  it('goes on without a file where there cannot be one, and says so once', async () => {
    const inTheWay = join(folder, 'taken');
    writeFileSync(inTheWay, '');
    const complaints: string[] = [];
    const file = new RotatingFile({
      folder: inTheWay,
      name: 'log',
      maxBytes: 1000,
      keep: 2,
      onError: error => complaints.push(error.message),
    });
    file.writeLine('lost');
    await waitFor('the loss', () => file.dropped || undefined);
    file.writeLine('lost too');
    await file.close();
    expect(file.dropped).toBe(2);
    expect(complaints).toEqual([expect.stringContaining('EEXIST')]);
  });

  it('sets full files aside and keeps the youngest', async () => {
    const file = open();
    const setAside = (line: string) =>
      waitFor('the file to be set aside', () =>
        readdirSync(folder).includes('log.1') && read('log.1').startsWith(line)
          ? true
          : undefined,
      );
    for (let i = 1; i <= 4; i++) {
      const line = `${i}`.repeat(1000);
      file.writeLine(line);
      await setAside(line);
    }
    await file.close();
    expect(readdirSync(folder).sort()).toEqual(['log', 'log.1', 'log.2']);
    expect(read('log.1')[0]).toBe('4');
    expect(read('log.2')[0]).toBe('3');
    expect(file.dropped).toBe(0);
  });
});
