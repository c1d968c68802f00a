import { createHash, randomBytes } from 'node:crypto';

/** A page, or where its visitor is sent next. */
export interface Visit {
  status: number;
  location?: string;
  text: string;
  headers: Headers;
}

/** A browser with cookies, as far as a sign-in needs one. */
export class Visitor {
  readonly verifier = randomBytes(32).toString('base64url');
  readonly #cookies = new Map<string, { path: string; pair: string }>();

  get challenge(): string {
    return createHash('sha256').update(this.verifier).digest('base64url');
  }

  async visit(url: string, form?: Record<string, string>): Promise<Visit> {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      headers: { cookie: this.#cookiesFor(new URL(url).pathname) },
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const path = line.match(/path=([^;]+)/i)?.[1] ?? '/';
      this.#cookies.set(`${pair.split('=')[0]} ${path}`, { path, pair });
    }
    const location = response.headers.get('location');
    return {
      status: response.status,
      location: location ? new URL(location, url).href : undefined,
      text: await response.text(),
      headers: response.headers,
    };
  }

  /** Follows until a page is shown, or another site is reached. */
  async follow(
    url: string,
    form?: Record<string, string>,
  ): Promise<Visit & { url: string }> {
    const { origin } = new URL(url);
    let current = url;
    let visit = await this.visit(current, form);
    while (visit.location && new URL(visit.location).origin === origin) {
      current = visit.location;
      visit = await this.visit(current);
    }
    return { ...visit, url: visit.location ?? current };
  }

  #cookiesFor(path: string): string {
    return (
      [...this.#cookies.values()]
        .filter(cookie => path.startsWith(cookie.path))
        // Emptied is how a server takes a cookie back.
        .filter(({ pair }) => !pair.endsWith('='))
        .map(({ pair }) => pair)
        .join('; ')
    );
  }
}
