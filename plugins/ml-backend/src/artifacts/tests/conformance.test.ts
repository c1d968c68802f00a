import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { StoreProcess, TOKEN } from '../__testUtils__/StoreProcess';
import { type StorageKind, testStorages } from '../__testUtils__/testStorages';

jest.setTimeout(180_000);

/** Built by `npm test`; see `scripts/lib/testing/ociConformance.mjs`. */
const SUITE = process.env.ML_TEST_OCI_CONFORMANCE;
/** Where its reports go; a folder that is removed by default. */
const REPORTS = process.env.ML_TEST_OCI_REPORTS;
const CHECKS = 986;

/** What the suite tells apart, by the workflow of the specification. */
const WORKFLOWS: Record<string, string[]> = {
  pull: [
    'Ping',
    'Blob get',
    'Blob get range',
    'Blob head',
    'Manifest get by digest',
    'Manifest get by tag',
    'Manifest head by digest',
    'Manifest head by tag',
  ],
  push: [
    'Blob push',
    'Blob post only',
    'Blob post put',
    'Blob chunked',
    'Blob streaming',
    'Blob mount',
    'Blob anonymous mount',
    'Blob upload cancel',
    'Manifest put by digest',
    'Manifest put by tag',
    'Manifest put with subject',
    'Manifest put with tag params',
  ],
  'content discovery': ['Tag listing', 'Referrers'],
  'content management': [
    'Tag delete',
    'Tag delete atomic',
    'Blob delete',
    'Blob delete atomic',
    'Manifest delete',
    'Manifest delete atomic',
  ],
};

/** The kinds of content that the suite pushes. */
const CONTENT = [
  'Artifact',
  'Artifact Index',
  'Artifact without Layers',
  'Artifacts with Subject',
  'Bad Digest Image',
  'Blobs sha256',
  'Blobs sha512',
  'Custom Fields',
  'Data Field',
  'Digest Algorithm sha512',
  'Empty Index',
  'Image',
  'Image Uncompressed',
  'Image with Large Manifest',
  'Index',
  'Index with Subject',
  'Invalid Manifest Digest',
  'Missing Subject',
  'Nested Index',
  'No Layers',
  'Non-distributable Layers',
  'Tag Param',
  'Tag Param sha512',
];

interface Report {
  apis: Record<string, string>;
  data: Record<string, string>;
  /** Attributes of the whole in the JUnit report. */
  counts: Record<string, number>;
  /** Names of the checks that did not pass. */
  failures: string[];
}

const storages = testStorages();

describe.each(storages.kinds)(
  'the official conformance suite of the OCI distribution specification, on %s',
  (storageKind: StorageKind) => {
    let directory: string;
    let store: StoreProcess | undefined;
    let report: Report;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'ml-conformance-'));
      const { s3 } = await storages.create(storageKind);
      store = await StoreProcess.start({ directory, s3 });
      report = await runSuite(
        store.client.url,
        join(REPORTS ?? directory, storageKind.toLowerCase()),
      );
    });

    afterAll(async () => {
      await store?.kill();
      await rm(directory, { recursive: true, force: true });
    });

    it('is met by a store that asks who it is', async () => {
      expect((await fetch(`${store!.client.url}/v2/`)).status).toBe(401);
    });

    it(`passes all of its ${CHECKS} checks`, () => {
      expect(report.failures).toEqual([]);
      expect(report.counts).toEqual({ tests: CHECKS, failures: 0, errors: 0 });
    });

    describe.each(Object.entries(WORKFLOWS))('workflow: %s', (_, apis) => {
      it.each(apis)('%s', api => expect(report.apis[api]).toBe('Pass'));
    });

    describe('content', () => {
      it.each(CONTENT)('%s', kind => expect(report.data[kind]).toBe('Pass'));
    });

    it('has no result that is not looked at here', () => {
      // The store refuses manifests whose blobs are not there.
      const { 'Sparse Manifests': sparse, ...data } = report.data;
      expect(sparse).toBe('Disabled');
      expect(Object.keys(data).sort()).toEqual(CONTENT);
      expect(Object.keys(report.apis).sort()).toEqual(
        Object.values(WORKFLOWS).flat().sort(),
      );
    });
  },
);

async function runSuite(url: string, folder: string): Promise<Report> {
  if (!SUITE) {
    throw new Error(
      'The conformance suite is not there: run this test with `npm test -- --only conformance`, which builds it, or set ML_TEST_OCI_CONFORMANCE to the executable',
    );
  }
  await mkdir(folder, { recursive: true });
  const output = await promisify(execFile)(SUITE, {
    maxBuffer: Infinity,
    env: {
      PATH: process.env.PATH,
      // With the optional parts: cancelled uploads, digest headers, tag parameters.
      OCI_VERSION: '1.1+dev',
      OCI_TLS: 'disabled',
      OCI_REGISTRY: new URL(url).host,
      OCI_USERNAME: 'anybody',
      OCI_PASSWORD: TOKEN,
      OCI_RESULTS_DIR: folder,
    },
    // It exits with 1 when a check fails: the report says which.
  }).catch(error => error);
  if (!existsSync(join(folder, 'results.yaml'))) {
    throw new Error(`The suite wrote no report: ${output.stderr || output}`);
  }
  const { apis, data } = parse(
    await readFile(join(folder, 'results.yaml'), 'utf8'),
  );
  const junit = await readFile(join(folder, 'junit.xml'), 'utf8');
  return { apis, data, ...readJunit(junit) };
}

function readJunit(xml: string): Pick<Report, 'counts' | 'failures'> {
  const [suite] = /<testsuite [^>]*>/.exec(xml) ?? [''];
  const counts = [...suite.matchAll(/ (\w+)="(\d+)"/g)].map(
    ([, name, value]) => [name, Number(value)] as const,
  );
  const failures = [...xml.matchAll(/<testcase name="([^"]*)"[^>]*>/g)]
    .filter(([tag]) => /status="(failure|error|skipped)"/.test(tag))
    .map(([, name]) => name);
  return { counts: Object.fromEntries(counts), failures };
}
