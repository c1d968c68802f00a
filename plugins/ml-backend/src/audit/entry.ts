import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditEvent } from '@ml-platform/plugin-ml-common';
import canonicalize from 'canonicalize';

/**
 * The bytes that stand for an event in the tree: its fields as canonical JSON
 * (RFC 8785), so that anybody can make them again from an export.
 */
export function entryBytes(event: AuditEvent): Buffer {
  const { id, at, actor, action, resource, outcome, details, requestId } =
    event;
  const text = canonicalize({
    id,
    at,
    actor,
    action,
    resource,
    outcome,
    details,
    ...(requestId !== undefined && { requestId }),
  });
  return Buffer.from(text!);
}

/** HMAC-SHA-256, as hex: only the platform can write an entry. */
export function sealEntry(entry: Buffer, key: Buffer): string {
  return createHmac('sha256', key).update(entry).digest('hex');
}

export function isSealedBy(entry: Buffer, seal: string, key: Buffer): boolean {
  const wanted = Buffer.from(sealEntry(entry, key));
  const given = Buffer.from(seal);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}
