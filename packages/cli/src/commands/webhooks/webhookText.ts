import type { Webhook } from '@ml-platform/plugin-ml-common';
import type { Output } from '../../output/Output';

/** `active`, `paused`, or `gone` where the receiver answered 410. */
export function webhookState({ active, pausedAt }: Webhook): string {
  if (!active) return 'gone';
  return pausedAt ? 'paused' : 'active';
}

/** The types without what they all begin with. */
export function typesText({ types }: Webhook): string {
  return types.map(shortType).join(', ') || 'all';
}

export function shortType(type: string): string {
  return type.replace(/^internal\.ml\./, '');
}

/** A webhook for people. */
export function webhookText(webhook: Webhook, output: Output): string {
  const { createdAt, createdBy, id, model, pausedAt, pausedBy, url } = webhook;
  return [
    `Webhook  ${id}`,
    `URL      ${url}`,
    `State    ${webhookState(webhook)}`,
    `Types    ${typesText(webhook)}`,
    `Model    ${model ?? 'all'}`,
    `Created  ${output.time(createdAt)} by ${createdBy}`,
    ...(pausedAt ? [`Paused   ${output.time(pausedAt)} by ${pausedBy}`] : []),
  ].join('\n');
}
