import type { AuditRow } from '../store/audit.ts';
import { dashed } from './user-json.ts';

/** A row of the audit for programs, with what is needed to verify it. */
export const auditJson = (row: AuditRow) => ({
  id: row.id,
  at: row.at,
  event: row.event,
  outcome: row.outcome,
  actor_id: row.actorId && dashed(row.actorId),
  actor: row.actorName,
  door: row.door,
  origin: JSON.parse(row.origin),
  target_id: row.targetId && dashed(row.targetId),
  target: row.targetName,
  ...JSON.parse(row.detail),
  key_id: row.keyId,
  mac: row.mac,
});
