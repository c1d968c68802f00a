import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type Provider from 'oidc-provider';
import { createProvider, SIGN_IN_PATH } from './createProvider';
import { errorPage } from './pages/errorPage';
import { PAGE_HEADERS } from './pages/html';
import { signInPage } from './pages/signInPage';
import type { Person } from './people/Person';
import { readPeople } from './people/readPeople';
import type { ProviderConfig } from './readConfig';

const MAX_FORM_BYTES = 4_096;

/** Starts to listen; gives the server and its address. */
export async function startServer(
  config: ProviderConfig,
): Promise<{ server: Server; issuer: string }> {
  const people = readPeople(config.peopleFile);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  // The name that browsers and portal use; it leads to the loopback interface only.
  const issuer = `http://localhost:${port}`;
  const provider = createProvider({ issuer, config, people });
  const protocol = provider.callback();
  const hosts = ['localhost', '127.0.0.1', '[::1]'].map(
    name => `${name}:${port}`,
  );
  server.on('request', (request, response) => {
    // A name that somebody else made lead here is not this provider's.
    if (!hosts.includes(request.headers.host ?? '')) {
      sendPage(response, 421, errorPage('This address is not known here.'));
    } else if (request.url?.startsWith(SIGN_IN_PATH)) {
      signIn({ provider, people, request, response }).catch(error => {
        const message = error instanceof Error ? error.message : String(error);
        sendPage(response, error.statusCode ?? 500, errorPage(message));
      });
    } else {
      forgetSession(request);
      protocol(request, response);
    }
  });
  return { server, issuer };
}

/** Each time somebody signs in it may be somebody else, so nobody is remembered. */
function forgetSession(request: IncomingMessage): void {
  const { cookie } = request.headers;
  request.headers.cookie = cookie
    ?.split(';')
    .filter(pair => !pair.trim().startsWith('_session'))
    .join(';');
}

async function signIn(options: {
  provider: Provider;
  people: Person[];
  request: IncomingMessage;
  response: ServerResponse;
}): Promise<void> {
  const { people, provider, request, response } = options;
  const { prompt } = await provider.interactionDetails(request, response);
  if (prompt.name !== 'login') throw new Error(`cannot ask for ${prompt.name}`);
  if (request.method !== 'POST') {
    sendPage(response, 200, signInPage(people));
    return;
  }
  const chosen = new URLSearchParams(await readForm(request)).get('person');
  const person = people.find(({ name }) => name === chosen);
  if (!person) {
    sendPage(response, 400, errorPage(`There is no person '${chosen}'.`));
    return;
  }
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: person.name, remember: false } },
    { mergeWithLastSubmission: false },
  );
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_FORM_BYTES) throw new Error('The form is too long.');
  }
  return text;
}

function sendPage(response: ServerResponse, status: number, html: string) {
  response.writeHead(status, PAGE_HEADERS).end(html);
}
