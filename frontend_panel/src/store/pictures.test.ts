import { expect, it } from "vitest";

import type { Camera } from "../api/types";
import { givesPictures } from "./pictures";

const camera = (kind: Camera["kind"], is_available = true): Camera => ({ id: "chamber", kind, is_available, unavailable_because: null, name: null });

it("asks for pictures only where there are some", () => {
  expect(givesPictures(camera("jpeg"))).toBe(true);
  expect(givesPictures(camera("jpeg", false))).toBe(false);
  expect(givesPictures(camera("rtsp"))).toBe(false);
  expect(givesPictures(camera("rtsps"))).toBe(false);
  expect(givesPictures(camera("stream"))).toBe(false);
});
