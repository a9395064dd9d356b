import { expect, it } from "vitest";

import type { Found } from "../../api/types";
import { draftOf, emptyDraft, isOtherConnection, missing, newPrinter } from "./draft";

const found: Found = {
  family: "bambu",
  host: "192.168.1.50",
  serial: "00M00A000000000",
  model: "X1C",
  name: null,
  ports: { mqtt: 18883 },
  is_known: false,
  via: "announcement",
  printer_id: null,
};

it("takes over what a found machine tells, and keeps the name a person typed", () => {
  expect(draftOf(found, emptyDraft)).toMatchObject({ name: "X1C", host: "192.168.1.50", ports: { mqtt: 18883 } });
  expect(draftOf(found, { ...emptyDraft, name: "Garage" }).name).toBe("Garage");
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
    is_observe_only: true,
  });
});

it("knows what is still to be filled", () => {
  expect([...missing({ ...emptyDraft, host: " " }, "name", "host")]).toEqual(["name", "host"]);
  expect(missing({ ...emptyDraft, host: "10.0.0.7" }, "host").size).toBe(0);
});

it("knows when a check says nothing any more", () => {
  expect(isOtherConnection(emptyDraft, { ...emptyDraft, name: "Garage", isObserveOnly: true })).toBe(false);
  expect(isOtherConnection(emptyDraft, { ...emptyDraft, secret: "1" })).toBe(true);
});
