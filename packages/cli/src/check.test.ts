import { readFile, writeFile } from 'node:fs/promises';
import { MlProcess } from './__testUtils__/MlProcess';
import {
  addingServer,
  type OipAnswers,
  OipServer,
} from './__testUtils__/OipServer';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';

jest.setTimeout(60_000);

const IMAGE = `registry.example/risk/fraud@sha256:${'ab'.repeat(32)}`;

describe('a server of your own', () => {
  const folder = temporaryFolder();
  let process: MlProcess;
  let server: OipServer | undefined;
  beforeAll(async () => {
    process = await MlProcess.build();
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });
  afterAll(() => process.dispose());

  const start = async (changes?: OipAnswers) => {
    server = await OipServer.start(addingServer(changes));
    return server.url;
  };
  const ml = (...args: string[]) => process.run(args);
  const made = () => folder.path('fraud');
  const init = (source: string, ...args: string[]) =>
    ml('init', source, made(), '--owner', 'risk-team', ...args);
  const check = async (url: string) => {
    const result = await ml('check', made(), url, '--json');
    const items = JSON.parse(result.stdout).items as {
      check: string;
      ok: boolean;
      message: string;
    }[];
    return { ...result, failed: items.filter(({ ok }) => !ok), items };
  };

  it('is packaged by its running metadata, and keeps what the package says', async () => {
    const url = await start();
    const result = await init(`${url}/v2/models/fraud`, '--image', IMAGE);
    expect(result).toMatchObject({ code: 0 });
    const model = await readFile(folder.path('fraud/model.yaml'), 'utf8');
    expect(model).toContain('format: container\n');
    expect(model).toContain(`image: ${IMAGE}\n`);
    expect(model).toContain(`port: ${new URL(url).port}\n`);
    expect(model).toContain('shape: [-1, 4]');
    expect(model).not.toContain('artifact:');

    await writeFile(
      folder.path('fraud/samples/request.json'),
      '{"inputs": [{"name": "features", "datatype": "FP32", "shape": [2, 4], "data": [1, 2, 3, 4, 5, 6, 7, 8]}]}',
    );
    const recorded = (second: number) =>
      writeFile(
        folder.path('fraud/samples/response.json'),
        `{"outputs": [{"name": "sum", "datatype": "FP32", "shape": [2], "data": [10, ${second}]}]}`,
      );
    await recorded(26.000001);
    const good = await check(url);
    expect(good).toMatchObject({ code: 0, failed: [] });
    expect(good.items.map(item => item.check)).toEqual([
      'live',
      'ready',
      'model ready',
      'metadata',
      'sample samples/request.json',
      'refuses a request without inputs',
      'refuses what is no JSON',
      'does not know another model',
    ]);

    await recorded(27);
    const other = await check(url);
    expect(other).toMatchObject({
      code: 1,
      failed: [
        {
          check: 'sample samples/request.json',
          message: "value 2 of 'sum' is 26, the recorded answer has 27",
        },
      ],
    });
  });

  it.each<[string, OipAnswers, string, string]>([
    [
      'is not ready',
      { '/v2/health/ready': { status: 503 } },
      'ready',
      'answered 503, not 200',
    ],
    [
      'takes another shape',
      {
        '/v2/models/fraud': {
          body: {
            name: 'fraud',
            inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 5] }],
            outputs: [{ name: 'sum', datatype: 'FP32', shape: [-1] }],
          },
        },
      },
      'metadata',
      "input 'features' changed its shape from [-1,4] to [-1,5]",
    ],
    [
      'has no metadata',
      { '/v2/models/fraud': { body: { name: 'fraud' } } },
      'metadata',
      'is no metadata of the Open Inference Protocol: inputs',
    ],
    [
      'answers another datatype',
      {
        '/v2/models/fraud/infer': text => ({
          status: text === '{' || text.includes('[]') ? 400 : 200,
          body: {
            outputs: [
              { name: 'sum', datatype: 'INT64', shape: [1], data: [0] },
            ],
          },
        }),
      },
      'sample samples/request.json',
      "the output 'sum' has the datatype INT64, not FP32",
    ],
    [
      'fails where the caller is wrong',
      {
        '/v2/models/fraud/infer': text => ({
          status: text === '{' || text.includes('[]') ? 500 : 200,
          body: {
            outputs: [{ name: 'sum', datatype: 'FP32', shape: [1], data: [0] }],
          },
        }),
      },
      'refuses a request without inputs',
      'answered 500, not 4xx',
    ],
  ])('that %s is found out', async (_, changes, name, message) => {
    const url = await start();
    await init(`${url}/v2/models/fraud`, '--image', IMAGE);
    await server!.stop();
    const { code, failed, stderr } = await check(await start(changes));
    expect(code).toBe(1);
    expect(stderr).toContain('does not keep the contract of fraud@0.1.0');
    expect(failed).toContainEqual(
      expect.objectContaining({
        check: name,
        message: expect.stringContaining(message),
      }),
    );
  });

  it('is packaged from its directory, with paths and a name of its own', async () => {
    await writeFile(folder.path('server.py'), 'print()');
    const result = await ml(
      ...['init', folder.path('.'), '--name', 'fraud', '--owner', 'risk-team'],
      ...['--command', 'python server.py', '--port', '9000', '--model', 'Own'],
      ...['--input', 'x:fp32:-1,4', '--output', 'y:INT64:-1'],
    );
    expect(result).toMatchObject({ code: 0 });
    const model = await readFile(folder.path('model.yaml'), 'utf8');
    expect(model).toContain(
      'container:\n  command: [python, server.py]\n  port: 9000\n  model: Own\n',
    );
    expect(result.stderr).toContain('stay where they are');
  });

  it.each([
    [['http://127.0.0.1:1/v2/models/x'], 'what starts the server'],
    [['--image', 'fraud:1.0', '--port', '1'], 'pinned by its digest'],
    [['--image', IMAGE, '--port', '8080'], '--input features:FP64:-1,13'],
    [['--image', IMAGE], '--port'],
    [['--image', IMAGE, '--port', 'x'], '--port'],
    [['--image', IMAGE, '--command', 'a'], 'contradict'],
    [[], 'what to make a package of'],
  ])('exits 2 for %j and says what to say', async (args, message) => {
    const refused = await ml(
      ...['init', ...args, '--owner', 'a', '--name', 'fraud'],
    );
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(message);
  });

  it('that cannot be reached is told from one that is wrong', async () => {
    const refused = await init(
      'http://127.0.0.1:1/v2/models/fraud',
      ...['--image', IMAGE],
    );
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('Cannot reach the server');
  });
});
