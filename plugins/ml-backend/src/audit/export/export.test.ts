import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mockServices } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { checkpointText } from '../checkpoints/checkpoint';
import { NoteSigner } from '../checkpoints/SignedNote';
import { DatabaseAuditLog } from '../DatabaseAuditLog';
import { DatabaseTree } from '../tree/DatabaseTree';
import { MerkleTree } from '../tree/MerkleTree';
import { Sequencer } from '../tree/Sequencer';
import { DatabaseExportSource } from './ExportSource';
import { exportLines } from './exportLines';
import { toOcsf } from './toOcsf';

jest.setTimeout(120_000);

const SCRIPT = resolve(
  __dirname,
  '../../../../../scripts/verify-audit-export.py',
);
const databases = testDatabases();

/** What is hard to write the same way in two languages. */
const DETAILS = [
  {
    text: 'Zoë – "quoted" \\ \u2028 \u0007 €',
    nested: { b: [1, null], a: {} },
  },
  { 10: 'ten', 9: 'nine', '\u{1f600}': 'emoji', '\ufb33': 'hebrew' },
  { share: 0.1, tiny: 1.5e-7, huge: 1e21, whole: 5, negative: -0.25 },
  {},
];

describe.each(databases.ids)('an export on %s', databaseId => {
  let knex: Knex;
  let folder: string;
  const signer = new NoteSigner('ml.example/audit', Buffer.alloc(32, 9));
  const key = signer.verifier.vkey;

  beforeAll(async () => {
    knex = await databases.init(databaseId);
    folder = mkdtempSync(join(tmpdir(), 'audit-export-'));
    const log = new DatabaseAuditLog({ knex });
    for (let i = 0; i < 53; i += 1) {
      await log.record({
        actor: `user:default/u${i % 5}`,
        action: 'version.register',
        resource: `version:m@1.0.${i}`,
        outcome: 'succeeded',
        details: DETAILS[i % DETAILS.length],
        ...(i % 2 && { requestId: `r-${i}` }),
      });
    }
    const logger = mockServices.logger.mock();
    await new Sequencer({ knex, logger }).integrate();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = async (start: number, end: number, size: number) => {
    const root = await new MerkleTree(new DatabaseTree(knex)).root(size);
    const origin = signer.verifier.name;
    const note = signer.sign(checkpointText({ origin, size, root }));
    const lines: string[] = [];
    for await (const line of exportLines({
      source: new DatabaseExportSource(knex),
      start,
      end,
      checkpoint: { size, note },
      verifierKey: key,
      about: { since: 'a', until: 'b' },
    })) {
      lines.push(line);
    }
    return lines;
  };
  const check = (lines: string[], verifierKey = key) => {
    const file = join(folder, 'export.jsonl');
    writeFileSync(file, lines.join(''));
    const { status, stderr, stdout } = spawnSync(
      'python3',
      [SCRIPT, file, '--key', verifierKey],
      { encoding: 'utf8' },
    );
    return { status, text: stdout + stderr };
  };

  it('is verified by a script in another language, for periods of every shape', async () => {
    for (const [start, end, size] of [
      [0, 53, 53],
      [0, 0, 53],
      [0, 1, 1],
      [7, 8, 53],
      [16, 48, 53],
      [31, 32, 40],
      [13, 37, 50],
      [52, 53, 53],
    ]) {
      const result = check(await write(start, end, size));
      expect(result).toEqual({
        status: 0,
        text: expect.stringContaining(`VALID: ${end - start} entries`),
      });
    }
  });

  it('is refused once anything in it was touched', async () => {
    const lines = await write(10, 20, 53);
    const swap = [...lines];
    [swap[3], swap[4]] = [swap[4], swap[3]];
    const other = new NoteSigner('ml.example/audit', Buffer.alloc(32, 8));
    for (const [tampered, verifierKey, message] of [
      [
        lines.map(line =>
          line.replace('"user:default/u3"', '"user:default/u4"'),
        ),
        key,
        'entries are not those',
      ],
      [lines.filter((_, i) => i !== 5), key, 'entry 14 is missing'],
      [swap, key, 'is missing'],
      [lines.slice(0, -1), key, 'footer is missing'],
      [
        [lines[0].replace('"a"', '"z"'), ...lines.slice(1)],
        key,
        'lines are not',
      ],
      [lines, other.verifier.vkey, 'not signed by the key'],
    ] as const) {
      const result = check([...tampered], verifierKey);
      expect(result.status).toBe(1);
      expect(result.text).toContain(message);
    }
  });

  it('says when there is nothing to read', () => {
    expect(check(['no json\n'])).toMatchObject({ status: 2 });
    expect(
      execFileSync('python3', [SCRIPT, '--help'], { encoding: 'utf8' }),
    ).toContain('verifier key');
  });
});

it('maps an event to OCSF API Activity', () => {
  expect(
    toOcsf({
      id: 'e-1',
      at: '2026-01-01T00:00:00.000Z',
      actor: 'user:default/mia',
      action: 'version.delete',
      resource: 'version:m@1.0.0',
      outcome: 'denied',
      details: { a: 1 },
      requestId: 'r-1',
    }),
  ).toMatchObject({
    class_uid: 6003,
    activity_id: 4,
    type_uid: 600304,
    status: 'Failure',
    time: Date.UTC(2026, 0, 1),
    actor: { user: { name: 'user:default/mia' } },
    api: { operation: 'version.delete', request: { uid: 'r-1' } },
    metadata: { uid: 'e-1' },
    unmapped: { outcome: 'denied', details: { a: 1 } },
  });
});
