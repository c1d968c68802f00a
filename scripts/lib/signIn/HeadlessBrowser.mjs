import { FriendlyError } from '../FriendlyError.mjs';
import { CookieJar } from './CookieJar.mjs';

const MAX_REDIRECTS = 20;
const CONSENT_PATH = '/oauth2/authorize/';

/**
 * Goes the way of a person who signs in to a platform with the development
 * identity provider, over HTTP alone: chooses who to be, agrees to what a
 * command asks for. It has no key and no secret that a browser does not have.
 */
export class HeadlessBrowser {
  #portal;
  #person;
  #jar = new CookieJar();

  constructor({ portal, person }) {
    this.#portal = portal;
    this.#person = person;
  }

  /** Signs in to the portal; gives the answer that its page gets. */
  async signIn() {
    const start = new URL(`${this.#portal}/api/auth/oidc/start`);
    start.search = new URLSearchParams({
      env: 'development',
      scope: 'openid profile email',
      origin: new URL(this.#portal).origin,
    });
    const question = await this.#visit(start.href);
    if (!new URL(question.url).pathname.startsWith('/sign-in/')) {
      throw new FriendlyError(
        `${question.url} is not where people are asked who they are: ${question.text}`,
      );
    }
    const answer = await this.#visit(question.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ person: this.#person }),
    });
    const encoded = answer.text.match(
      /authResponse = decodeURIComponent\('([^']*)'\)/,
    )?.[1];
    if (!encoded)
      throw new FriendlyError(`${this.#person}: ${textOf(answer.text)}`);
    const { error, response } = JSON.parse(decodeURIComponent(encoded));
    if (error) throw new FriendlyError(`${this.#person}: ${error.message}`);
    return response;
  }

  /** Opens an address as a command asks for it, and agrees to what it wants. */
  async open(url) {
    const page = await this.#visit(url);
    const { pathname } = new URL(page.url);
    if (!pathname.startsWith(CONSENT_PATH)) return page;
    const { backstageIdentity } = await this.signIn();
    const session = pathname.slice(CONSENT_PATH.length);
    const agreed = await this.#visit(
      `${this.#portal}/api/auth/v1/sessions/${session}/approve`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${backstageIdentity.token}` },
      },
    );
    return this.#visit(JSON.parse(agreed.text).redirectUrl);
  }

  async #visit(url, init = {}) {
    let current = url;
    let request = init;
    for (let hops = 0; hops < MAX_REDIRECTS; hops++) {
      const response = await fetch(current, {
        ...request,
        headers: {
          ...request.headers,
          cookie: this.#jar.headerFor(current),
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(30_000),
      });
      this.#jar.keep(current, response);
      const location = response.headers.get('location');
      if (!location || response.status < 300 || response.status > 399) {
        const text = await response.text();
        if (!response.ok) {
          throw new FriendlyError(
            `${current}: ${response.status} ${textOf(text)}`,
          );
        }
        return { url: current, text };
      }
      await response.arrayBuffer();
      current = new URL(location, current).href;
      request = {};
    }
    throw new FriendlyError(`${url}: is redirected without end`);
  }
}

/** What a page says, without its markup. */
function textOf(html) {
  return html
    .replace(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
}
