/** Keys for programs, and what each permission means. */

import type { Transport } from "./transport";
import type { CreateToken, IssuedToken, Page, Permissions, Token } from "./types";

const MOST = 200;

/** Returns tokens, newest first: the own ones, or everyone's. */
export function readTokens(transport: Transport, areEveryones: boolean): Promise<Page<Token>> {
  return transport.request("GET", `/tokens?limit=${MOST}${areEveryones ? "&all=true" : ""}`);
}

/** Issues a token; `token` in the answer is the secret, told this once. */
export function createToken(transport: Transport, token: CreateToken): Promise<IssuedToken> {
  return transport.request("POST", "/tokens", token);
}

export function revokeToken(transport: Transport, id: string): Promise<void> {
  return transport.request("DELETE", `/tokens/${encodeURIComponent(id)}`);
}

/** Returns every permission and every role, in the engine's words. */
export function readPermissions(transport: Transport): Promise<Permissions> {
  return transport.request("GET", "/permissions");
}
