import { expect, it } from "vitest";

import type { Found } from "../../api/types";
import { changeOf, valueOf } from "../reach/reach";
import type { Field } from "../reach/reach";
import { changed, draftOf, emptyDraft, isOtherConnection, missing, newPrinter } from "./draft";

const found: Found = {
  family: "moonraker",
  host: "192.168.1.50",
  serial: "00M00A000000000",
  model: "X1C",
  name: null,
  ports: { http: 17125 },
  options: { tls: true },
  is_known: false,
  via: "mdns",
  printer_id: null,
};

function fieldOf(name: string, different: Partial<Field> = {}): Field {
  return { name, kind: "text", label: name, help: "", is_required: false, default: null, choices: [], min: null, max: null, ...different };
}

const host = fieldOf("host", { kind: "address", is_required: true });
const secret = fieldOf("secret", { kind: "secret", is_required: true });
const port = fieldOf("ports/http", { kind: "number", default: 7125 });
const baudrate = fieldOf("baudrate", { kind: "choice", default: 115200, choices: ["115200", "250000"] });
const tls = fieldOf("tls", { kind: "flag", default: false });

it("takes over what a found machine tells, and keeps the name a person typed", () => {
  expect(draftOf(found, emptyDraft)).toMatchObject({ name: "X1C", host: "192.168.1.50", ports: { http: 17125 }, options: { tls: true } });
  expect(draftOf(found, { ...emptyDraft, name: "Garage" }).name).toBe("Garage");
});

it("shows what was typed, else what the family says", () => {
  expect(valueOf(emptyDraft, port)).toBe(7125);
  expect(valueOf({ ...emptyDraft, ports: { http: 80 } }, port)).toBe(80);
  expect(valueOf({ ...emptyDraft, options: { tls: true } }, tls)).toBe(true);
  expect(valueOf(emptyDraft, host)).toBe("");
});

it("keeps numbers as numbers, and forgets what was emptied", () => {
  expect(changeOf(emptyDraft, port, "8080")).toEqual({ ports: { http: 8080 } });
  expect(changeOf({ ...emptyDraft, ports: { http: 1, ws: 2 } }, port, "")).toEqual({ ports: { ws: 2 } });
  expect(changeOf(emptyDraft, baudrate, "250000")).toEqual({ options: { baudrate: 250000 } });
  expect(changeOf(emptyDraft, tls, true)).toEqual({ options: { tls: true } });
  expect(changed({ ...emptyDraft, ports: { http: 1 } }, changeOf(emptyDraft, host, "10.0.0.7"))).toMatchObject({ host: "10.0.0.7", ports: {} });
});

it("sends no empty texts and no stray spaces", () => {
  const draft = { ...emptyDraft, family: "bambu", name: " Garage ", host: " 10.0.0.7 ", secret: " 12345678 ", isObserveOnly: true };
  expect(newPrinter(draft)).toEqual({
    name: "Garage",
    family: "bambu",
    host: "10.0.0.7",
    serial: null,
    secret: "12345678",
    ports: {},
    options: {},
    is_observe_only: true,
  });
});

it("sends the request in place of the key that it was given for", () => {
  const granted = newPrinter({ ...emptyDraft, keyRequest: "k1" });
  expect(granted).toMatchObject({ key_request: "k1" });
  expect(granted).not.toHaveProperty("secret");
  expect(changed({ ...emptyDraft, keyRequest: "k1" }, { secret: "typed" })).toMatchObject({ secret: "typed", keyRequest: "" });
});

it("knows what is still to be filled", () => {
  expect([...missing({ ...emptyDraft, host: " " }, [host, secret, tls], true)]).toEqual(["host", "secret", "name"]);
  expect(missing({ ...emptyDraft, host: "10.0.0.7", keyRequest: "k1" }, [host, secret], false).size).toBe(0);
});

it("knows when a check says nothing any more", () => {
  expect(isOtherConnection(emptyDraft, { ...emptyDraft, name: "Garage", isObserveOnly: true })).toBe(false);
  expect(isOtherConnection(emptyDraft, { ...emptyDraft, secret: "1" })).toBe(true);
});
