import { ConfigReader } from '@backstage/config';
import { readS3Options } from './readS3Options';

describe('readS3Options', () => {
  const read = (section?: object) =>
    readS3Options(
      new ConfigReader({ ml: section ?? {} }).getOptionalConfig('ml'),
    );

  it('needs no more than a bucket', () => {
    expect(read({ bucket: 'models' })).toEqual({ bucket: 'models' });
    expect(readS3Options(undefined)).toBeUndefined();
  });

  it('takes all settings', () => {
    const all = {
      bucket: 'models',
      region: 'eu-central-1',
      endpoint: 'https://s3.example.com',
      prefix: 'ml',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
      forcePathStyle: false,
      partBytes: 16_000_000,
    };
    expect(read(all)).toEqual(all);
  });

  it.each([
    [{ endpoint: 's3.example.com:9000' }, 'is no HTTP address'],
    [{ accessKeyId: 'key' }, 'accessKeyId and secretAccessKey belong together'],
  ])('refuses %j', (settings, message) => {
    expect(() => read({ bucket: 'models', ...settings })).toThrow(message);
  });

  it('refuses a section without a bucket', () => {
    expect(() => read({ region: 'eu-central-1' })).toThrow('bucket');
  });
});
