import { mockServices } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { Witness } from '../__testUtils__/Witness';
import { DatabaseAuditLog } from '../DatabaseAuditLog';
import { Sequencer } from '../tree/Sequencer';
import { Checkpointer } from './Checkpointer';
import { CosignatureVerifier } from './Cosignature';
import { NoteSigner } from './SignedNote';
import { WitnessSink } from './WitnessSink';

jest.setTimeout(60_000);

const databases = testDatabases();
const signer = new NoteSigner('ml.example/audit', Buffer.alloc(32, 5));
const logger = mockServices.logger.mock();

/** Of a log: entries, and checkpoints that go to the witness. */
function logIn(knex: Knex, witness: Witness, by = signer) {
  const sink = new WitnessSink({ knex, url: witness.url, key: witness.key });
  const checkpointer = new Checkpointer({
    ...{ knex, logger, signer: by, sinks: [sink] },
    intervalMs: 60_000,
  });
  const log = new DatabaseAuditLog({ knex });
  return {
    checkpointer,
    sink,
    async grow(count: number, actor = 'user:default/mia') {
      for (let i = 0; i < count; i += 1) {
        await log.record({
          ...{ actor, action: 'test.act', resource: `thing:${i}` },
          outcome: 'succeeded',
        });
      }
      await new Sequencer({ knex, logger }).integrate();
      await checkpointer.checkpoint();
    },
  };
}

describe.each(databases.ids)('a witness of a log on %s', databaseId => {
  let witness: Witness;

  beforeEach(async () => {
    witness = await Witness.start(signer.verifier);
  });
  afterEach(() => witness.stop());

  it('signs each checkpoint that grew out of the one before', async () => {
    const knex = await databases.init(databaseId);
    const { checkpointer, grow, sink } = logIn(knex, witness);
    for (const [count, size] of [
      [1, 1],
      [6, 7],
      [9, 16],
      [1, 17],
    ]) {
      await grow(count);
      expect(checkpointer.anchors).toMatchObject([
        { kind: 'witness', name: 'witness witness.example/w1', size },
      ]);
      const kept = await sink.newest();
      const time = new CosignatureVerifier(witness.key).timeIn(kept!.note);
      expect(Math.abs(time! - Date.now() / 1000)).toBeLessThan(60);
    }
    expect(checkpointer.contradiction).toBeUndefined();
    expect(checkpointer.anchors[0].problem).toBeUndefined();

    // What the database knows of the witness is not what the witness knows.
    await knex('ml_audit_cosignatures').delete();
    await grow(3);
    expect(checkpointer.anchors).toMatchObject([{ size: 20 }]);
    expect(checkpointer.contradiction).toBeUndefined();
  });

  it('refuses a fork, and the log signs nothing any more', async () => {
    const knex = await databases.init(databaseId);
    await logIn(knex, witness).grow(5);
    const other = await databases.init(databaseId);
    const fork = logIn(other, witness);
    await fork.grow(8, 'user:default/somebody-else');
    expect(fork.checkpointer.contradiction).toContain(
      'its first 5 entries are not those that the witness witness.example/w1 has seen',
    );
    const signed = () => other('ml_audit_checkpoints').select('size');
    const before = await signed();
    await fork.grow(4);
    expect(await signed()).toEqual(before);
  });

  it('has seen more than a log that was cut, or put back', async () => {
    const knex = await databases.init(databaseId);
    await logIn(knex, witness).grow(9);
    const old = logIn(await databases.init(databaseId), witness);
    await old.grow(4);
    expect(old.checkpointer.contradiction).toContain(
      'it has 4 entries, but the witness witness.example/w1 has seen 9 of them',
    );
  });

  it('is named when it cannot be asked, and asked again', async () => {
    const knex = await databases.init(databaseId);
    const stranger = logIn(
      knex,
      witness,
      new NoteSigner('ml.example/audit', Buffer.alloc(32, 6)),
    );
    await stranger.grow(2);
    expect(stranger.checkpointer.anchors).toMatchObject([
      { problem: 'the witness does not trust the key of this log' },
    ]);
    await witness.stop();
    const { checkpointer, grow } = logIn(knex, witness);
    await grow(2);
    expect(checkpointer.anchors[0].problem).toBeDefined();
    expect(checkpointer.contradiction).toBeUndefined();
    witness = await Witness.start(signer.verifier);
  });

  it('is believed only what its own key signed', async () => {
    const knex = await databases.init(databaseId);
    const other = await Witness.start(signer.verifier);
    try {
      const sink = new WitnessSink({
        ...{ knex, url: witness.url, key: other.key },
      });
      const checkpointer = new Checkpointer({
        ...{ knex, logger, signer, sinks: [sink], intervalMs: 60_000 },
      });
      await new DatabaseAuditLog({ knex }).record({
        ...{ actor: 'a', action: 'b', resource: 'c', outcome: 'succeeded' },
      });
      await new Sequencer({ knex, logger }).integrate();
      await checkpointer.checkpoint();
      expect(checkpointer.anchors).toMatchObject([
        { problem: 'the witness answered without its signature' },
      ]);
    } finally {
      await other.stop();
    }
  });
});

it('refuses a key that is none of a witness', () => {
  expect(() => new CosignatureVerifier(signer.verifier.vkey)).toThrow(
    'must begin with the byte 0x04',
  );
});
