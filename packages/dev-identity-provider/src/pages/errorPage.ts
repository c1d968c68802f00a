import { escapeHtml, htmlPage } from './html';

export function errorPage(message: string): string {
  return htmlPage(
    'You could not be signed in',
    `<p role="alert">${escapeHtml(message)}</p>
<p>Go back to the portal and sign in again.</p>`,
  );
}
