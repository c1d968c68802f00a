import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '../log/Logger';
import type { AcceptedState } from './AcceptedState';
import { StateStore } from './StateStore';

describe('StateStore', () => {
  let folder: string;
  let log: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ml-state-test-'));
    log = '';
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const open = () =>
    new StateStore({
      folder,
      logger: new Logger('info', line => {
        log += line;
      }),
    });
  const stateOf = (model: string): AcceptedState => ({
    format: 1,
    environment: 'staging',
    model,
    versions: [],
    routes: {
      generation: 3,
      split: [{ version: '1.0.0', weight: 1 }],
      majors: {},
    },
  });

  it('gives back what was saved, and not what was removed', async () => {
    await open().load();
    await open().save(stateOf('kept'));
    await open().save(stateOf('gone'));
    await open().remove({ environment: 'staging', model: 'gone' });
    expect(await open().load()).toEqual([stateOf('kept')]);
    expect(readdirSync(join(folder, 'staging'))).toEqual(['kept.json']);
  });

  it('clears away what a process was writing when it was killed', async () => {
    await open().load();
    await open().save(stateOf('kept'));
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const left = [`kept.json.${pid}.tmp`, `new.json.${process.pid}.tmp`];
    // Another server that is still there, as during an upgrade.
    const others = `kept.json.${process.ppid}.tmp`;
    for (const name of [...left, others]) {
      writeFileSync(join(folder, 'staging', name), '{"form');
    }
    expect(await open().load()).toEqual([stateOf('kept')]);
    expect(readdirSync(join(folder, 'staging'))).toEqual(['kept.json', others]);
  });

  it('sets a file aside that it cannot understand, and loads the others', async () => {
    await open().load();
    await open().save(stateOf('fine'));
    const path = join(folder, 'staging', 'broken.json');
    writeFileSync(path, '{"format": 1');
    expect(await open().load()).toEqual([stateOf('fine')]);
    expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe('{"format": 1');
    expect(JSON.parse(log)).toMatchObject({
      level: 'error',
      file: `${path}.unreadable`,
      message: expect.stringContaining('not served until it is deployed again'),
    });
  });
});
