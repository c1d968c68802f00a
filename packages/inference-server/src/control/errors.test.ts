import { ConflictError } from '@backstage/errors';
import { toErrorResponse } from './errors';

describe('errors of the control API', () => {
  const request = { method: 'PUT', url: '/x' };
  const of = (error: unknown) => toErrorResponse(error, request);

  it('have the shape of Backstage', () => {
    expect(of(new ConflictError('no'))).toEqual({
      status: 409,
      body: {
        error: { name: 'ConflictError', message: 'no' },
        request,
        response: { statusCode: 409 },
      },
    });
  });

  it('say that a full disk changed nothing', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    expect(of(full)).toMatchObject({
      status: 503,
      body: {
        error: {
          name: 'ServiceUnavailableError',
          message: expect.stringMatching(
            /disk .* is full, nothing was changed/,
          ),
        },
      },
    });
  });

  it('say that a disk that cannot be written changed nothing', () => {
    const readOnly = Object.assign(new Error('open'), { code: 'EROFS' });
    expect(of(readOnly)).toMatchObject({
      status: 503,
      body: { error: { message: expect.stringMatching(/cannot be written/) } },
    });
  });

  it('take anything else for a failure of the server', () => {
    expect(of(new Error('odd'))).toMatchObject({
      status: 500,
      body: { error: { name: 'InternalServerError', message: 'odd' } },
    });
  });
});
