import type { Webhook } from '@ml-platform/plugin-ml-common';
import { texts } from '../texts';
import { type ActionState, ENABLED, firstReason } from './actions';

/** `paused` holds back; `gone` is what a receiver said that answered 410. */
export function webhookState(
  webhook: Pick<Webhook, 'active' | 'pausedAt'>,
): 'active' | 'paused' | 'gone' {
  if (!webhook.active) return 'gone';
  return webhook.pausedAt ? 'paused' : 'active';
}

/** What can be done with a webhook. */
export function webhookActions(
  webhook: Pick<Webhook, 'active' | 'pausedAt'>,
): Record<'test' | 'replay', ActionState> {
  const state = webhookState(webhook);
  const say = texts.webhooks;
  const gone = state === 'gone' && say.isGone;
  return {
    test: firstReason(gone, state === 'paused' && say.isPaused),
    replay: state === 'gone' ? firstReason(gone) : ENABLED,
  };
}

/** The type without what all begin with. */
export function shortType(type: string): string {
  return type.replace(/^internal\.ml\./, '');
}
