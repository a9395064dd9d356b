import { describe, expect, it } from "vitest";

import { badgeForm, cardForm } from "./form";
import type { Form } from "./form";
import { offerCards } from "./offer";

describe("Home Assistant's pickers", () => {
  it("are told of the card and the badge, once, beside those of others", () => {
    const page = { customCards: [{ type: "other-card" }] } as unknown as Parameters<typeof offerCards>[0] & object;
    offerCards(page);
    offerCards(page);
    expect(page.customCards?.map(({ type }) => type)).toEqual(["other-card", "odin-printer-card"]);
    expect(page.customBadges).toHaveLength(1);
    expect(page.customBadges?.[0]).toMatchObject({ type: "odin-printer-badge", preview: true });
  });
});

describe("the visual editor", () => {
  const fields = ({ schema }: Form) => schema.flatMap((field) => field.schema ?? [field]);

  it.each([
    ["card", cardForm()],
    ["badge", badgeForm()],
  ])("of the %s has words of ours for each of its fields", (_, form) => {
    for (const field of fields(form)) {
      expect(form.computeLabel(field)).not.toBe(field.name.replaceAll("_", " "));
    }
  });

  it("gives up on what it could not write back", () => {
    expect(() => {
      cardForm().assertConfig({ layout: "wide" });
    }).toThrow("layout");
    expect(() => {
      badgeForm().assertConfig({ device_id: "d1", hide_name: true });
    }).not.toThrow();
  });
});
