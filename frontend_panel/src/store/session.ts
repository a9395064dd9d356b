/** Who sits in front of the panel, as far as the engine told us. */

import type { Permission, Session } from "../api/types";

export type SessionState =
  | { readonly phase: "unknown" }
  | { readonly phase: "unreachable" }
  | { readonly phase: "setup" }
  | { readonly phase: "signed_out"; readonly hasEnded: boolean }
  | { readonly phase: "signed_in"; readonly session: Session };

export type SessionAction =
  | { readonly type: "session/unreachable" }
  | { readonly type: "session/setup_needed" }
  | { readonly type: "session/signed_in"; readonly session: Session }
  | { readonly type: "session/signed_out" }
  | { readonly type: "session/ended" };

export const unknownSession: SessionState = { phase: "unknown" };

/** `ended` is a login that the engine no longer honours; the next page says so. */
export function reduceSession(state: SessionState, action: SessionAction): SessionState {
  switch (action.type) {
    case "session/unreachable":
      return { phase: "unreachable" };
    case "session/setup_needed":
      return { phase: "setup" };
    case "session/signed_in":
      return { phase: "signed_in", session: action.session };
    case "session/signed_out":
      return { phase: "signed_out", hasEnded: false };
    case "session/ended":
      return { phase: "signed_out", hasEnded: state.phase === "signed_in" };
  }
}

/** Whether whoever is signed in may do that; the engine decides, this only keeps useless buttons away. */
export function permits(state: SessionState, permission: Permission): boolean {
  return state.phase === "signed_in" && state.session.permissions.includes(permission);
}
