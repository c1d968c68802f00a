import { callSample, SAMPLE_LANGUAGES } from './callSamples';

const target = {
  model: 'm',
  gateway: 'http://localhost:7008/',
  grpc: 'localhost:7108',
  pin: '1',
};
const request = {
  interface: {
    inputs: [{ name: 'note', datatype: 'BYTES' as const, shape: [1] }],
    outputs: [],
  },
  sample: { inputs: [{ name: 'note', data: ['it\'s "so"'] }] },
};

it.each(SAMPLE_LANGUAGES)('names model and pin in %s', language => {
  const text = callSample(language, target, request);
  expect(text).toMatch(
    language === 'triton'
      ? /localhost:7108[\s\S]*"m", inputs, model_version="1"/
      : /http:\/\/localhost:7008\/v2\/models\/m\/versions\/1\/infer/,
  );
});

it('quotes the request for a shell', () => {
  expect(callSample('curl', target, request)).toContain(
    String.raw`-d '{"inputs":[{"name":"note","data":["it'\''s \"so\""]}]}'`,
  );
});

it('quotes the request for Python', () => {
  expect(callSample('requests', target, request)).toContain(
    String.raw`json.loads("{\"inputs\":[{\"name\":\"note\",\"data\":[\"it's \\\"so\\\"\"]}]}")`,
  );
});

it('asks over REST where no gRPC address is known', () => {
  const text = callSample('triton', { ...target, grpc: undefined }, request);
  expect(text).toContain('tritonclient.http');
  expect(text).toContain('InferenceServerClient("localhost:7008")');
});

it.each(SAMPLE_LANGUAGES)('reads the key from its variable in %s', language => {
  expect(callSample(language, target, request)).not.toContain('ML_GATEWAY_KEY');
  const text = callSample(language, { ...target, withKey: true }, request);
  expect(text).toContain('ML_GATEWAY_KEY');
  expect(text).toMatch(/authorization.*Bearer/);
});

it('asks over TLS where the gateway does', () => {
  const text = callSample(
    'triton',
    { ...target, gateway: 'https://models.example.com' },
    request,
  );
  expect(text).toContain('"localhost:7108", ssl=True');
});
