/** The engine's own users, and the people of Home Assistant whose role is fixed here. */

import type { Transport } from "./transport";
import type { ChangeUser, CreateUser, FixedPerson, Items, Page, Role, User } from "./types";

const MOST = 200;

/** Returns users by name, as many as one page holds; `q` looks into both names. */
export function readUsers(transport: Transport, q: string): Promise<Page<User>> {
  const query = new URLSearchParams({ limit: String(MOST) });
  if (q !== "") query.set("q", q);
  return transport.request("GET", `/users?${query.toString()}`);
}

export function createUser(transport: Transport, user: CreateUser): Promise<User> {
  return transport.request("POST", "/users", user);
}

/** Changes a user who was seen in that version. */
export function changeUser(transport: Transport, id: string, change: ChangeUser, version: number): Promise<User> {
  return transport.request("PATCH", userPath(id), change, version);
}

/** Removes a user with sessions and tokens. */
export function removeUser(transport: Transport, id: string): Promise<void> {
  return transport.request("DELETE", userPath(id));
}

/** Has a new password made up, unlocks the user and ends its sessions. Returns the password, which is told this once. */
export async function resetPassword(transport: Transport, id: string): Promise<string> {
  const path = `${userPath(id)}/reset-password`;
  const answer = await transport.request<{ readonly temporary_password: string | null }>("POST", path, {});
  return answer.temporary_password ?? "";
}

export async function readFixedPeople(transport: Transport): Promise<readonly FixedPerson[]> {
  const answer = await transport.request<Items<FixedPerson>>("GET", "/ha-users");
  return answer.items;
}

/** Fixes a person's role here, whatever it is in Home Assistant. */
export function fixRole(transport: Transport, id: string, role: Role): Promise<FixedPerson> {
  return transport.request("PUT", personPath(id), { role });
}

/** Lets Home Assistant tell that person's role again. */
export function releaseRole(transport: Transport, id: string): Promise<void> {
  return transport.request("DELETE", personPath(id));
}

function userPath(id: string): string {
  return `/users/${encodeURIComponent(id)}`;
}

function personPath(id: string): string {
  return `/ha-users/${encodeURIComponent(id)}`;
}
