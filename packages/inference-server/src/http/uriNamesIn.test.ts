import { uriNamesIn } from './TlsFiles';

describe('uriNamesIn', () => {
  it('gives the URI names among the others', () => {
    expect(
      uriNamesIn(
        'DNS:shop.example, URI:spiffe://bank.example/shop, IP Address:10.0.0.1, URI:spiffe://bank.example/risk',
      ),
    ).toEqual(['spiffe://bank.example/shop', 'spiffe://bank.example/risk']);
    expect(uriNamesIn('')).toEqual([]);
  });

  it.each([
    'URI:"spiffe://x, URI:spiffe://bank.example/risk, y"',
    'DNS:"x, URI:spiffe://bank.example/risk, y"',
    'DNS:"\\", URI:spiffe://bank.example/risk, y"',
  ])('is not taken in by a name that looks like several: %s', names => {
    expect(uriNamesIn(names)).toEqual([]);
  });
});
