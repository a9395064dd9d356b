import { expect, it } from "vitest";

import { Turns } from "./turns";

function gate() {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

it("runs a few at once, and the next when one is done", async () => {
  const turns = new Turns(2);
  const gates = [gate(), gate(), gate()];
  const begun: number[] = [];
  const runs = gates.map(({ passed }, i) =>
    turns.run(
      () => true,
      () => {
        begun.push(i);
        return passed;
      },
    ),
  );
  await settled();
  expect(begun).toEqual([0, 1]);
  gates[1]?.open();
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  for (const { open } of gates) open();
  expect(await Promise.all(runs)).toEqual([true, true, true]);
});

it("skips what is not wanted any more, and goes on after a failure", async () => {
  const turns = new Turns(1);
  await expect(turns.run(() => true, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await turns.run(() => false, () => Promise.resolve())).toBe(false);
  expect(await turns.run(() => true, () => Promise.resolve())).toBe(true);
});
