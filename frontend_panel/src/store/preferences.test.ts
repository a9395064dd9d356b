import { expect, it } from "vitest";

import type { FloorView } from "./preferences";
import { PLAIN_VIEW, readView } from "./preferences";

it("reads back what was written down", () => {
  const view: FloorView = { state: "needs", materials: ["PLA"], tags: ["cellar"], models: ["Elegoo"], sort: "name", size: "XL" };
  expect(readView(JSON.stringify(view))).toEqual(view);
});

it.each([undefined, "", "{", "null", "7", '{"state":"asleep","materials":"PLA","tags":[4],"size":null}'])(
  "starts plain where it reads %s",
  (text) => {
    expect(readView(text)).toEqual(PLAIN_VIEW);
  },
);
