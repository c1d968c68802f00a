import { IdentityError } from './IdentityError';

/** The team and the name of a service account, which stand for it everywhere. @public */
export interface AccountName {
  /** As in the name of the group, e.g. `quality-team`. */
  team: string;
  name: string;
}

const PREFIX = 'service-account:';
const PART = '[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?';
const REF = new RegExp(`^${PREFIX}(${PART})/(${PART})$`);
const DOMAIN = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const SPIFFE = new RegExp(`^spiffe://([^/]+)/team/(${PART})/sa/(${PART})$`);

/** How the account is called in tokens and in the audit log. @public */
export function accountRef({ name, team }: AccountName): string {
  return `${PREFIX}${team}/${name}`;
}

/** Whether a subject is that of a service account, valid or not. @public */
export function isAccountRef(subject: string): boolean {
  return subject.startsWith(PREFIX);
}

/** @throws IdentityError @public */
export function parseAccountRef(ref: string): AccountName {
  const match = REF.exec(ref);
  if (!match) {
    throw new IdentityError(
      'malformed',
      `'${ref.slice(0, 200)}' does not name a service account`,
    );
  }
  return { team: match[1], name: match[2] };
}

/** The name of the account in certificates. @public */
export function spiffeId(trustDomain: string, account: AccountName): string {
  return `spiffe://${trustDomain}/team/${account.team}/sa/${account.name}`;
}

/** @throws IdentityError when it is of no account of the domain @public */
export function parseSpiffeId(id: string, trustDomain: string): AccountName {
  const match = SPIFFE.exec(id);
  if (!match || match[1] !== trustDomain) {
    throw new IdentityError(
      'wrong-name',
      `'${id.slice(0, 300)}' is no service account of ${trustDomain}`,
    );
  }
  return { team: match[2], name: match[3] };
}

/** @public */
export function isTrustDomain(text: string): boolean {
  return DOMAIN.test(text);
}
