/** The engine itself: its settings, its log of who changed what, its background work, its versions. */

import type { Transport } from "./transport";
import type { AuditLine, EngineSetting, Items, Page, SystemFacts, Task } from "./types";

/** Which lines of the audit log are wanted; an empty text is no wish. */
export interface AuditFilter {
  readonly actor: string;
  readonly action: string;
  readonly since: string;
  readonly until: string;
}

const PAGE = 50;
const MOST = 200;

export async function readEngineSettings(transport: Transport): Promise<readonly EngineSetting[]> {
  const answer = await transport.request<Items<EngineSetting>>("GET", "/settings");
  return answer.items;
}

/** Changes one setting, `null` for its default, and returns all of them. */
export async function changeEngineSetting(
  transport: Transport,
  key: string,
  value: EngineSetting["value"] | null,
): Promise<readonly EngineSetting[]> {
  const answer = await transport.request<Items<EngineSetting>>("PATCH", "/settings", { [key]: value });
  return answer.items;
}

/** Returns what was changed and by whom, newest first. */
export function readAudit(transport: Transport, filter: AuditFilter, cursor: string | null): Promise<Page<AuditLine>> {
  return transport.request("GET", `/audit?${auditQuery(filter, PAGE, cursor)}`);
}

/** Returns the newest lines of the log as CSV, as many as the engine gives at once. */
export function readAuditSheet(transport: Transport, filter: AuditFilter): Promise<string> {
  return transport.sheet(`/audit?${auditQuery(filter, MOST, null)}`);
}

/** Returns background work, newest first. */
export function readTasks(transport: Transport, cursor: string | null): Promise<Page<Task>> {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (cursor !== null) query.set("cursor", cursor);
  return transport.request("GET", `/tasks?${query.toString()}`);
}

export function readTask(transport: Transport, id: string): Promise<Task> {
  return transport.request("GET", `/tasks/${encodeURIComponent(id)}`);
}

export function cancelTask(transport: Transport, id: string): Promise<Task> {
  return transport.request("POST", `/tasks/${encodeURIComponent(id)}/cancel`);
}

export function readSystem(transport: Transport): Promise<SystemFacts> {
  return transport.request("GET", "/system");
}

function auditQuery(filter: AuditFilter, limit: number, cursor: string | null): string {
  const query = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries(filter) as [string, string][]) {
    if (value !== "") query.set(name, value);
  }
  if (cursor !== null) query.set("cursor", cursor);
  return query.toString();
}
