/** Setup, sign-in and sign-out. */

import type { Transport } from "./transport";
import { ApiError } from "./transport";
import type { Items, Login, PasswordRules, Session, Setup } from "./types";

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

const UNAUTHORISED = 401;

export function readSetup(transport: Transport): Promise<Setup> {
  return transport.request("GET", "/setup");
}

export async function readPasswordRules(transport: Transport): Promise<PasswordRules> {
  const setup = await transport.request<{ readonly password: PasswordRules }>("GET", "/setup");
  return setup.password;
}

/** Makes the first administrator and signs it in. */
export function completeSetup(transport: Transport, body: Credentials & { readonly code: string }): Promise<Session> {
  return transport.request("POST", "/setup", body);
}

export function signIn(transport: Transport, body: Credentials): Promise<Session> {
  return transport.request("POST", "/auth/login", body);
}

export function signOut(transport: Transport): Promise<unknown> {
  return transport.request("POST", "/auth/logout");
}

export function changePassword(
  transport: Transport,
  body: { readonly current_password: string; readonly password: string },
): Promise<unknown> {
  return transport.request("POST", "/auth/password", body);
}

/** Returns the session of this browser, `undefined` where there is none. */
export async function readSession(transport: Transport): Promise<Session | undefined> {
  try {
    return await transport.request<Session>("GET", "/auth/session");
  } catch (error) {
    if (error instanceof ApiError && error.status === UNAUTHORISED) return undefined;
    throw error;
  }
}

/** Returns the browsers that are signed in as this person. */
export async function readLogins(transport: Transport): Promise<readonly Login[]> {
  const answer = await transport.request<Items<Login>>("GET", "/sessions");
  return answer.items;
}

export function endLogin(transport: Transport, id: string): Promise<void> {
  return transport.request("DELETE", `/sessions/${encodeURIComponent(id)}`);
}

/** Signs every other browser of this person out. */
export function endOtherLogins(transport: Transport): Promise<void> {
  return transport.request("DELETE", "/sessions");
}
