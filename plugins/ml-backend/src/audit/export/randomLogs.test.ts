import { randomInt } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { checkpointText } from '../checkpoints/checkpoint';
import { NoteSigner } from '../checkpoints/SignedNote';
import { entryBytes } from '../entry';
import { leafHash } from '../tree/hashes';
import { appendedNodes, MerkleTree } from '../tree/MerkleTree';
import { exportLines } from './exportLines';
import type { ExportSource } from './ExportSource';

jest.setTimeout(180_000);

const SCRIPT = resolve(
  __dirname,
  '../../../../../scripts/verify-audit-export.py',
);
const LOGS = 1_000;
/** Runs the script's own function on many exports: one process, no files. */
const HARNESS = `
import contextlib, importlib.util, io, json, sys
spec = importlib.util.spec_from_file_location("verifier", sys.argv[1])
verifier = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verifier)
for text in sys.stdin:
    case = json.loads(text)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            verifier.verify(iter(case["lines"]), case["key"])
        print("valid")
    except (SystemExit, ValueError, KeyError, StopIteration):
        print("not valid")
`;

/** Numbers that come again with the same seed, so that a failure does. */
function seeded(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Random = ReturnType<typeof seeded>;

/** JSON of any shape, with what two languages may write in different ways. */
function anything(random: Random, depth = 0): unknown {
  const pick = random(depth > 2 ? 6 : 8);
  const list = <T>(make: () => T) => Array.from({ length: random(4) }, make);
  const word = () =>
    list(() =>
      String.fromCodePoint(
        [97, 233, 0x20ac, 0x1f600, 34, 92, 10, 0x2028, 7][random(9)],
      ),
    ).join('');
  switch (pick) {
    case 0:
      return null;
    case 1:
      return random(2) === 1;
    case 2:
      return random(2 ** 31) - 2 ** 30;
    case 3:
      return (random(2 ** 31) - 2 ** 30) * 10 ** (random(40) - 25);
    case 4:
    case 5:
      return word();
    case 6:
      return list(() => anything(random, depth + 1));
    default:
      return Object.fromEntries(
        list(() => [word(), anything(random, depth + 1)]),
      );
  }
}

function randomLog(random: Random) {
  const entries = Array.from({ length: 1 + random(40) }, (_, i) =>
    entryBytes({
      id: `id-${i}`,
      at: new Date(1.7e12 + random(1e9)).toISOString(),
      actor: `user:default/u${random(9)}`,
      action: 'test.act',
      resource: `thing:${random(9)}`,
      outcome: 'succeeded',
      details: { value: anything(random) },
      ...(random(2) === 1 && { requestId: `r-${i}` }),
    }),
  );
  const nodes = new Map<string, Buffer>();
  for (const node of appendedNodes(0, [], entries.map(leafHash))) {
    nodes.set(`${node.level}/${node.index}`, node.hash);
  }
  const source: ExportSource = {
    getNodes: async wanted =>
      wanted.map(({ index, level }) => nodes.get(`${level}/${index}`)!),
    getLeaves: async (from, to) =>
      entries
        .slice(from, to)
        .map((entry, i) => ({ position: from + i, entry })),
    getDisposals: async () => [],
  };
  return { entries, source };
}

/** Something about an export that is not as it was. */
function tamper(lines: string[], random: Random): string[] {
  const at = 1 + random(lines.length - 2);
  const copy = [...lines];
  switch (random(4)) {
    case 0:
      copy.splice(at, 1);
      return copy;
    case 1:
      copy.splice(at, 0, copy[at]);
      return copy;
    case 2:
      copy[at] = copy[at].replace('"test.act"', '"test.other"');
      return copy;
    default:
      copy[at] = copy[at].replace(/"actor":"[^"]*"/, '"actor":"nobody"');
      return copy;
  }
}

it(`is agreed on by the script in another language, for ${LOGS} random logs`, async () => {
  const seed = randomInt(2 ** 31);
  const random = seeded(seed);
  const signer = new NoteSigner('ml.example/audit', Buffer.alloc(32, 4));
  const key = signer.verifier.vkey;
  const cases: Array<{ lines: string[]; expected: string }> = [];
  for (let i = 0; i < LOGS; i += 1) {
    const { entries, source } = randomLog(random);
    const end = 1 + random(entries.length);
    const start = random(end);
    const size = end + random(entries.length - end + 1);
    const root = await new MerkleTree(source).root(size);
    const origin = signer.verifier.name;
    const lines: string[] = [];
    for await (const line of exportLines({
      ...{ source, start, end, verifierKey: key },
      checkpoint: {
        size,
        note: signer.sign(checkpointText({ origin, size, root })),
      },
      about: { since: 'a', until: 'b' },
    })) {
      lines.push(line);
    }
    const isTampered = i % 2 === 1;
    cases.push({
      lines: isTampered ? tamper(lines, random) : lines,
      expected: isTampered ? 'not valid' : 'valid',
    });
  }
  const { status, stderr, stdout } = spawnSync(
    'python3',
    ['-c', HARNESS, SCRIPT],
    {
      input: cases
        .map(({ lines }) => `${JSON.stringify({ lines, key })}\n`)
        .join(''),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const answers = stdout.trim().split('\n');
  const wrong = cases.flatMap(({ expected }, i) =>
    answers[i] === expected ? [] : [`log ${i} of seed ${seed}: ${answers[i]}`],
  );
  expect(wrong).toEqual([]);
});
