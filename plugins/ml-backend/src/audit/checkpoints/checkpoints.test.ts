import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointText, openCheckpoint } from './checkpoint';
import { FileSink } from './FileSink';
import { NoteSigner, NoteVerifier, parseNote } from './SignedNote';

/** The example of golang.org/x/mod/sumdb/note, which C2SP signed-note describes. */
const GO_KEY =
  'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE = [
  'If you think cryptography is the answer to your problem,',
  "then you don't know what your problem is.",
  '',
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
  '',
].join('\n');

describe('signed notes', () => {
  it('are those of C2SP', () => {
    const verifier = NoteVerifier.parse(GO_KEY);
    expect(verifier.isSigned(parseNote(GO_NOTE))).toBe(true);
    expect(verifier.vkey).toBe(GO_KEY);
    const changed = GO_NOTE.replace('problem is', 'problem was');
    expect(verifier.isSigned(parseNote(changed))).toBe(false);
  });

  it('are no notes of another key, and no half notes', () => {
    const [key, other] = [1, 2].map(
      fill => new NoteSigner('ml.example/audit', Buffer.alloc(32, fill)),
    );
    const root = Buffer.alloc(32, 7);
    const origin = 'ml.example/audit';
    const note = key.sign(checkpointText({ origin, size: 5, root }));
    expect(openCheckpoint(note, key.verifier)).toEqual({
      origin,
      size: 5,
      root,
    });
    expect(() => openCheckpoint(note, other.verifier)).toThrow('not signed by');
    expect(() => parseNote(note.slice(0, 40))).toThrow('no signed note');
    const nonsense = key.sign('ml.example/audit\n-5\nAAAA\n');
    expect(() => openCheckpoint(nonsense, key.verifier)).toThrow(
      'no checkpoint',
    );
  });
});

describe('the file of checkpoints', () => {
  it('keeps what was written, also after a process was killed in the middle of a line', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'audit-')), 'a/notes.jsonl');
    const sink = new FileSink(path);
    expect(await sink.read()).toEqual([]);
    await sink.write('one\n', '2026-01-01T00:00:00.000Z');
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"at":"2026-0`);
    await sink.write('two\n', '2026-01-01T00:01:00.000Z');
    expect((await sink.read()).map(({ note }) => note)).toEqual([
      'one\n',
      'two\n',
    ]);
  });
});
