#!/usr/bin/env node
// Signs in as one of the example people, without a browser.
//
//   node scripts/signIn.mjs mei                  prints a token of the portal
//   node scripts/signIn.mjs mei --id-token      prints the provider's ID token
//   BROWSER=scripts/signIn.mjs ML_PERSON=mei npx ml login
//
// The second way it is the browser that `ml login` opens. ML_PORT says where
// the portal is.
import { FriendlyError } from './lib/FriendlyError.mjs';
import { HeadlessBrowser } from './lib/signIn/HeadlessBrowser.mjs';
import { readPorts } from './lib/ports.mjs';
import { main } from './lib/main.mjs';

main(async () => {
  const word = process.argv[2];
  if (!word) throw new FriendlyError('Usage: node scripts/signIn.mjs <person>');
  if (/^https?:/.test(word)) {
    const person = process.env.ML_PERSON || 'mei';
    const portal = new URL(word).origin;
    await new HeadlessBrowser({ portal, person }).open(word);
    return;
  }
  const portal = `http://localhost:${readPorts().portal}`;
  const browser = new HeadlessBrowser({ portal, person: word });
  const { backstageIdentity, providerInfo } = await browser.signIn();
  const { token } = backstageIdentity;
  const wanted =
    process.argv[3] === '--id-token' ? providerInfo.idToken : token;
  process.stdout.write(`${wanted}\n`);
});
