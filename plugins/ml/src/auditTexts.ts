import type {
  AuditOutcome,
  AuditStatus,
  AuditVerification,
} from '@ml-platform/plugin-ml-common';

/** What the portal says of the audit log. */
export const auditTexts = {
  audit: {
    title: 'Audit',
    intro:
      'Who did what, when, and how it came out. Nothing is ever changed here, and what somebody changes beside the platform shows.',
    health: {
      ok: 'Signed and anchored',
      unsigned: 'Not signed',
      unanchored: 'Signed, kept in the database only',
      late: 'Checkpoint overdue',
      broken: 'Tampered with',
    } satisfies Record<AuditStatus['health'], string>,
    state: 'State of the log',
    entries: ({ pending, size }: AuditStatus) =>
      `${size.toLocaleString('en-US')} entries in the tree${
        pending ? `, ${pending} on their way` : ''
      }`,
    checked: (result: AuditVerification) =>
      `${result.entries.toLocaleString('en-US')} entries checked, ${
        result.findings.length || 'no'
      } findings`,
    neverChecked: 'Never checked as a whole yet',
    checkpoint: 'Newest checkpoint',
    noCheckpoint: 'none yet',
    anchor: 'Kept outside in',
    verify: 'Check the whole log',
    verified: (result: AuditVerification) =>
      result.findings.length
        ? `The log was tampered with: ${result.findings[0].message}`
        : `All ${result.entries.toLocaleString(
            'en-US',
          )} entries are as they were written`,
    filters: {
      actor: 'Who',
      action: 'Action',
      resource: 'Resource',
      outcome: 'Outcome',
      anyOutcome: 'Any outcome',
      since: 'From day',
      apply: 'Search',
      clear: 'Show all',
    },
    columns: {
      at: 'When',
      actor: 'Who',
      action: 'Action',
      resource: 'Resource',
      outcome: 'Outcome',
    },
    outcomes: {
      intended: 'Intended',
      succeeded: 'Succeeded',
      failed: 'Failed',
      denied: 'Denied',
    } satisfies Record<AuditOutcome, string>,
    table: 'Audit events',
    none: 'No event is like that',
    noneHelp: 'Search for less, or for a longer time.',
    older: 'Older events',
    newest: 'Newest events',
    event: 'Audit event',
    open: (action: string) => `${action}: details`,
    position: 'Place in the log',
    notYet: 'not in the tree yet',
    id: 'Id',
    request: 'Request',
    details: 'Details',
    proof: 'Save the proof',
    proofHelp:
      'A C2SP tlog-proof: that this event is in the log which the checkpoint signs.',
  },
};
