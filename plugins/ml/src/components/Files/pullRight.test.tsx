import { screen } from '@testing-library/react';
import { aVersion } from '../../__testUtils__/fixtures';
import { renderWithMl } from '../../__testUtils__/renderWithMl';
import { VersionFiles } from './VersionFiles';

// In a file of its own: what a user may do is remembered within one.
it('offers no download to who may not pull', async () => {
  renderWithMl(<VersionFiles version={aVersion()} />, {
    denied: ['ml.artifact.pull'],
  });
  expect(await screen.findByText(/ml\.artifact\.pull/)).toBeInTheDocument();
  expect(screen.getByText('model.onnx')).toBeInTheDocument();
  expect(screen.queryByRole('link', { name: /Download/ })).toBeNull();
});
