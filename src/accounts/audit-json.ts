import type { AuditRow } from '../store/audit.ts';
import { auditDetail, auditOrigin } from './audit-detail.ts';
import { dashed } from './user-json.ts';

/** A row of the audit for programs, with what is needed to verify it. What cannot be read is given as it is stored. */
export const auditJson = (row: AuditRow) => ({
  id: row.id,
  at: row.at,
  event: row.event,
  outcome: row.outcome,
  actor_id: row.actorId && dashed(row.actorId),
  actor: row.actorName,
  door: row.door,
  ...originJson(row.origin),
  target_id: row.targetId && dashed(row.targetId),
  target: row.targetName,
  ...detailJson(row.detail),
  key_id: row.keyId,
  mac: row.mac,
});

const originJson = (text: string) => {
  const { parts, isReadable } = auditOrigin(text);
  return isReadable ? { origin: parts } : { origin: null, origin_text: text };
};

const detailJson = (text: string) => {
  const { before, after, isReadable } = auditDetail(text);
  return isReadable ? { before, after } : { detail_text: text };
};
