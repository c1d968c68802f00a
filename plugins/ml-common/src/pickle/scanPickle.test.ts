/** @jest-environment node */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource } from '../onnx/ByteSource';
import { importKind } from './imports';
import { scanPickle, type ScanPickleOptions } from './scanPickle';

const read = (name: string) =>
  readFileSync(join(__dirname, '__fixtures__', name));
const scan = (name: string, options: Partial<ScanPickleOptions> = {}) =>
  scanPickle({ source: bytesSource(read(name)), ...options });

describe('scanPickle', () => {
  it.each([
    'pipeline-0.pkl',
    'pipeline-2.pkl',
    'pipeline-4.pkl',
    'pipeline-5.pkl',
    'pipeline.joblib',
  ])('tells class, library version and imports of %s', async name => {
    const facts = await scan(name);
    expect(facts).toMatchObject({
      type: 'sklearn.pipeline.Pipeline',
      sklearnVersion: '1.9.1',
      features: 13,
    });
    expect(facts.imports).toEqual(
      expect.arrayContaining([
        'sklearn.linear_model._logistic.LogisticRegression',
        'sklearn.preprocessing._data.StandardScaler',
        'numpy.dtype',
      ]),
    );
    for (const item of facts.imports) {
      expect([item, importKind(item)]).toEqual([item, 'library']);
    }
  });

  it.each([
    ['forest.joblib', undefined],
    ['forest-zlib.joblib', 'zlib'],
    ['forest-gzip.joblib', 'gzip'],
  ])('passes over the arrays of %s', async (name, compression) => {
    const facts = await scan(name);
    expect(facts).toMatchObject({
      type: 'sklearn.ensemble._forest.RandomForestClassifier',
      features: 13,
    });
    expect(facts.compression).toBe(compression);
    expect(facts.imports).toContain('sklearn.tree._tree.Tree');
    expect(facts.imports.map(importKind)).not.toContain('unknown');
    expect(facts.imports.map(importKind)).not.toContain('dangerous');
  });

  it.each([
    ['harm-0.pkl', 'os.system'],
    ['harm-4.pkl', 'builtins.eval'],
    ['harm.joblib', 'subprocess.call'],
    ['harm-inside.joblib', 'subprocess.call'],
    ['code.pkl', 'cloudpickle.cloudpickle._make_function'],
  ])('finds the harm in %s', async (name, harm) => {
    const { imports } = await scan(name);
    expect(imports).toContain(harm);
    expect(importKind(harm)).toBe('dangerous');
  });

  it('sees the same whatever the size of what it reads at once', async () => {
    const bytes = read('forest.joblib');
    const byteByByte = {
      size: bytes.length,
      read: async (offset: number, length: number) =>
        length > 6
          ? bytes.subarray(offset, offset + 1)
          : bytes.subarray(offset, offset + length),
    };
    expect(await scanPickle({ source: byteByByte })).toEqual(
      await scan('forest.joblib'),
    );
  });

  it.each([
    ['xz', read('forest-xz.joblib'), 'compressed with xz'],
    ['a truncated one', read('forest.joblib').subarray(0, 900), 'too early'],
    ['truncated zlib', read('forest-zlib.joblib').subarray(0, 900), 'zlib'],
    ['text', Buffer.from('hello'), 'refers to nothing'],
    ['no pickle', Buffer.from('\xff\xff', 'latin1'), 'no opcode'],
    ['nothing', Buffer.alloc(0), 'too early'],
    [
      'a computed name',
      Buffer.from('\x80\x04\x8c\x02os]\x93.', 'latin1'),
      'computed',
    ],
    ['the registry', Buffer.from('\x80\x02\x82\x01.', 'latin1'), 'registry'],
    [
      'a stack of too little',
      Buffer.from('\x80\x02R.', 'latin1'),
      'takes more',
    ],
    [
      'a name behind escapes',
      Buffer.from('\x80\x04V\\u006fs\nVsystem\n\x93.', 'latin1'),
      'computed',
    ],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(scanPickle({ source: bytesSource(bytes) })).rejects.toThrow(
      message,
    );
  });
});

describe('importKind', () => {
  it.each([
    ['sklearn.svm._classes.SVC', 'library'],
    ['collections.OrderedDict', 'library'],
    ['builtins.getattr', 'dangerous'],
    ['numpy.testing._private.utils.runstring', 'dangerous'],
    ['sklearn.svm.__builtins__', 'dangerous'],
    ['joblib.load', 'dangerous'],
    ['osprey.Bird', 'unknown'],
    ['fraud_features.Encoder', 'unknown'],
  ])('of %s is %s', (name, kind) => {
    expect(importKind(name)).toBe(kind);
  });
});
