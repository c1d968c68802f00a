import type { Person } from '../people/Person';
import { escapeHtml, htmlPage } from './html';

/** Asks who is there: a development provider takes anybody's word. */
export function signInPage(people: Person[]): string {
  return htmlPage(
    'Who are you?',
    `<p>This is the development identity provider of ML Platform. It has example
people, no passwords, and is reachable from this machine only.</p>
<form method="post"><ul>
${people.map(personItem).join('\n')}
</ul></form>`,
  );
}

function personItem(person: Person): string {
  const { description, displayName, groups, name } = person;
  const about = [description, groups.join(', ')].filter(Boolean).join(' · ');
  return `<li><button name="person" value="${escapeHtml(name)}">
<strong>${escapeHtml(displayName)}</strong><small>${escapeHtml(about)}</small>
</button></li>`;
}
