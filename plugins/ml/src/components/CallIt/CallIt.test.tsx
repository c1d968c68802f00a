import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { aDeployment, aModel, aVersion } from '../../__testUtils__/fixtures';
import {
  broken,
  mlApiMock,
  predictionsMock,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { CallIt } from './CallIt';

const SAMPLE = {
  inputs: [
    { name: 'features', data: [Array(13).fill(1)] },
    { name: 'age', data: [41] },
  ],
};
const ANSWER = {
  status: 200,
  body: '{"outputs":[{"name":"label","data":[2]}]}',
  version: '1.1.0',
  requestId: 'r-1',
  latencyMs: 12.5,
};

function render(partial: Parameters<typeof mlApiMock>[0] = {}) {
  const model = aModel({
    deployments: [
      aDeployment(),
      aDeployment({
        environment: 'staging',
        endpoint: 'http://localhost:7009/v2/models/wine-classifier',
      }),
    ],
  });
  return renderWithMl(
    <CallIt model={model} version={aVersion()} sample={SAMPLE} />,
    {
      api: mlApiMock({
        info: async () => ({
          version: '0.1.0',
          gateways: { staging: '', production: '' },
          grpcGateways: { staging: 'localhost:7109' },
          registry: '',
          identity: '',
        }),
        ...partial,
      }),
    },
  );
}

describe('how to call a model', () => {
  it('gives addresses and samples of each environment and language', async () => {
    const user = userEvent.setup();
    render();
    expect(
      await screen.findByRole('region', { name: 'REST' }),
    ).toHaveTextContent(
      'http://localhost:7008/v2/models/wine-classifier/versions/1/infer',
    );
    expect(
      screen.queryByRole('region', { name: 'gRPC' }),
    ).not.toBeInTheDocument();
    await user.click(screen.getByRole('radio', { name: 'Staging' }));
    expect(screen.getByRole('region', { name: 'gRPC' })).toHaveTextContent(
      /^localhost:7109$/,
    );
    expect(
      screen.getByText('gRPC: ask for model wine-classifier, version 1.'),
    ).toBeInTheDocument();
    await user.click(screen.getByRole('radio', { name: 'What is live' }));
    await user.click(screen.getByRole('radio', { name: 'TypeScript' }));
    expect(screen.getByRole('region', { name: 'request' })).toHaveTextContent(
      "fetch('http://localhost:7009/v2/models/wine-classifier/infer'",
    );
    await user.click(screen.getByRole('switch', { name: 'With a key' }));
    expect(screen.getByRole('region', { name: 'request' })).toHaveTextContent(
      'Bearer ${process.env.ML_GATEWAY_KEY}',
    );
  });

  it('tells until when versions serve', async () => {
    render({
      listVersions: async () => ({
        items: [
          aVersion(),
          aVersion({
            version: '1.0.0',
            state: 'deprecated',
            deprecation: {
              sunset: '2027-02-01T00:00:00Z',
              reason: 'old',
              replacement: '1.1.0',
            } as never,
          }),
        ],
      }),
    });
    expect(
      await screen.findByRole('row', { name: /^1\.1\.0/ }),
    ).toHaveTextContent('production, stagingno end announced');
    expect(screen.getByRole('row', { name: /^1\.0\.0/ })).toHaveTextContent(
      'sunset 2027-02-01; move to 1.1.0',
    );
  });

  it('sends what the form holds, and shows the answer', async () => {
    const user = userEvent.setup();
    const send = jest.fn(async () => ANSWER);
    render({ predictions: predictionsMock({ try: send }) });
    fireEvent.change(await screen.findByLabelText('age'), {
      target: { value: '[9007199254740993]' },
    });
    await user.click(screen.getByRole('button', { name: 'Send' }));
    expect(
      await screen.findByText('Version 1.1.0 answered in 12.5 ms.'),
    ).toBeInTheDocument();
    expect(screen.getByRole('region', { name: 'answer' })).toHaveTextContent(
      ANSWER.body,
    );
    expect(send).toHaveBeenCalledWith('wine-classifier', 'production', {
      body: expect.stringContaining('"data":[9007199254740993]'),
      version: '1',
    });
  });

  it('holds back what does not fit, and says why a call failed', async () => {
    const user = userEvent.setup();
    render({ predictions: predictionsMock({ try: broken }) });
    const age = await screen.findByLabelText('age');
    fireEvent.change(age, { target: { value: 'old' } });
    expect(screen.getByRole('button', { name: 'Send' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    expect(age).toHaveAccessibleDescription(/Write a list/);
    fireEvent.change(age, { target: { value: '[1.5]' } });
    expect(age).toHaveAccessibleDescription(/must be a whole number/);
    fireEvent.change(age, { target: { value: '[41]' } });
    await user.click(screen.getByRole('button', { name: 'Send' }));
    expect(
      await screen.findByText('The database is on holiday'),
    ).toBeInTheDocument();
  });
});
