import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a Git server told: a push to a branch, or something that asks for nothing. */
export type Hook =
  | { kind: 'push'; branch: string; repositories: string[] }
  | { kind: 'other' };

/**
 * Reads what GitHub or GitLab sent, after the secret that only they share with
 * the platform has vouched for it.
 * @returns undefined when it does not
 */
export function readHook(
  headers: IncomingHttpHeaders,
  body: Buffer,
  secret: string,
): Hook | undefined {
  const isGithub = headers['x-hub-signature-256'] !== undefined;
  const isGenuine = isGithub
    ? sameText(
        String(headers['x-hub-signature-256']),
        `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      )
    : sameText(String(headers['x-gitlab-token'] ?? ''), secret);
  if (!isGenuine) return undefined;
  const event = String(
    (isGithub ? headers['x-github-event'] : headers['x-gitlab-event']) ?? '',
  );
  if (!['push', 'Push Hook'].includes(event)) return { kind: 'other' };
  const payload = JSON.parse(body.toString('utf8'));
  const repository = isGithub ? payload.repository : payload.project;
  return {
    kind: 'push',
    branch: String(payload.ref ?? '').replace(/^refs\/heads\//, ''),
    repositories: [repository?.clone_url, repository?.git_http_url]
      .filter(url => typeof url === 'string')
      .map(plainUrl),
  };
}

/** One address of a repository for all that mean the same one. */
export function plainUrl(url: string): string {
  return url
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .toLocaleLowerCase('en-US');
}

/** Takes as long whatever the difference is. */
function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
