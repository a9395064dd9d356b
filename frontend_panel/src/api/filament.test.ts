import { describe, expect, it } from "vitest";

import { readFilamentPresets } from "./filament";
import type { Transport } from "./transport";
import { ApiError } from "./transport";

/** An engine that notes what it is asked, and does not answer the first `failures` times. */
function engine(failures = 0): { readonly transport: Transport; readonly asked: string[] } {
  const asked: string[] = [];
  const unused = (): never => {
    throw new Error("nobody asks for that");
  };
  const request = (_: string, path: string): Promise<never> => {
    asked.push(path);
    if (asked.length <= failures) return Promise.reject(new ApiError("The engine does not answer.", 0));
    return Promise.resolve({ items: [] } as never);
  };
  return { transport: { request, upload: unused, sheet: unused, read: unused, address: unused, open: unused, onReturn: unused }, asked };
}

describe("the presets of a family", () => {
  it("are asked for once, whichever printer it was", async () => {
    const { transport, asked } = engine();
    await Promise.all(["a", "b"].map((id) => readFilamentPresets(transport, { id, family: "bambu" })));
    await readFilamentPresets(transport, { id: "c", family: "other" });
    expect(asked).toEqual(["/printers/a/filament-presets", "/printers/c/filament-presets"]);
  });

  it("are asked for again where there was no answer", async () => {
    const { transport, asked } = engine(1);
    const printer = { id: "a", family: "bambu" };
    await expect(readFilamentPresets(transport, printer)).rejects.toThrow(ApiError);
    expect(await readFilamentPresets(transport, printer)).toEqual([]);
    expect(asked).toHaveLength(2);
  });
});
