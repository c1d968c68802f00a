/** Cookies by origin, as far as signing in needs them. */
export class CookieJar {
  #cookies = new Map();

  keep(url, response) {
    const { origin } = new URL(url);
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(';').map(part => part.trim());
      const at = pair.indexOf('=');
      const path = attributes.find(part => /^path=/i.test(part))?.slice(5);
      const key = `${origin} ${pair.slice(0, at)} ${path ?? '/'}`;
      this.#cookies.set(key, { origin, path: path ?? '/', pair });
    }
  }

  headerFor(url) {
    const { origin, pathname } = new URL(url);
    return [...this.#cookies.values()]
      .filter(cookie => cookie.origin === origin)
      .filter(cookie => pathname.startsWith(cookie.path))
      .filter(({ pair }) => !pair.endsWith('='))
      .map(({ pair }) => pair)
      .join('; ');
  }
}
