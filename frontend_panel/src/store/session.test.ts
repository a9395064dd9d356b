import { expect, it } from "vitest";

import type { Session } from "../api/types";
import { reduceSession, unknownSession } from "./session";

const session: Session = {
  name: "mara",
  display_name: "Mara",
  role: "admin",
  permissions: [],
  must_change_password: false,
  user_id: "u1",
  session_id: "s1",
  token_id: null,
  on_behalf_of: null,
  csrf_token: null,
};

it("tells a login that ended from one that never was", () => {
  const signedIn = reduceSession(unknownSession, { type: "session/signed_in", session });
  expect(reduceSession(signedIn, { type: "session/ended" })).toEqual({ phase: "signed_out", hasEnded: true });
  expect(reduceSession(unknownSession, { type: "session/ended" })).toEqual({ phase: "signed_out", hasEnded: false });
  expect(reduceSession(signedIn, { type: "session/signed_out" })).toEqual({ phase: "signed_out", hasEnded: false });
});
