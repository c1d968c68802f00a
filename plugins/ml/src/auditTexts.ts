import type {
  AuditOutcome,
  AuditSegment,
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
      alert: 'Needs a look',
      broken: 'Tampered with',
    } satisfies Record<AuditStatus['health'], string>,
    state: 'State of the log',
    checked: (result: AuditVerification) =>
      `${result.entries.toLocaleString('en-US')} entries checked, ${
        result.findings.length || 'no'
      } findings`,
    neverChecked: 'Never checked as a whole yet',
    checkpoint: 'Newest checkpoint',
    noCheckpoint: 'none yet',
    verify: 'Check the whole log',
    verified: (result: AuditVerification) =>
      result.findings.length
        ? `The log was tampered with: ${result.findings[0].message}`
        : `All ${result.entries.toLocaleString(
            'en-US',
          )} entries are as they were written`,
    alerts: 'Alerts',
    closeAlert: 'Close…',
    closeAlertOf: (message: string) => `Close the alert: ${message}`,
    closeAlertTitle: 'Close the alert',
    closeAlertHelp: 'Your comment is kept in the audit log.',
    closeAlertComment: 'What it was',
    closeAlertReason: 'Say what it was',
    closeAlertWill: (message: string) => [
      `Takes this off the list of what needs a look: ${message}`,
    ],
    closeAlertWillNot: ['Repair anything, or change an entry of the log.'],
    alertClosed: 'The alert is closed',
    filters: {
      actor: 'Who',
      action: 'Action',
      resource: 'Resource',
      outcome: 'Outcome',
      anyOutcome: 'Any outcome',
      since: 'From day',
      renewals: 'Renewed sessions as well',
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
  auditSegments: {
    title: 'Months of the log',
    intro: 'What is sealed, what is kept, and until when',
    none: 'The log has no entries yet.',
    help: 'An auditor sets a legal hold with “ml audit holds place”, and has a month whose time is over disposed of with “ml audit dispose”; a platform admin approves. The hashes of its entries stay, so every proof is as good as before.',
    columns: {
      month: 'Month',
      state: 'State',
      entries: 'Entries',
      kept: 'Kept until',
    },
    states: {
      open: 'Goes on',
      sealed: 'Sealed',
      held: 'Legal hold',
      due: 'Time is over',
      disposed: 'Disposed of',
    } satisfies Record<AuditSegment['state'], string>,
    disposed: (day: string) => `Gone since ${day}`,
    held: (count: number) =>
      count === 1 ? '1 legal hold' : `${count} legal holds`,
  },
};
