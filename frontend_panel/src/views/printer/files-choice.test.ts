import { describe, expect, it } from "vitest";

import type { Upload } from "../../api/types";
import { chosenFiles, fileProblem, notFromHere, plainName } from "./files-choice";

const file = (name: string, size_bytes: number, day: number): Upload => ({
  printer_id: "p1",
  name,
  size_bytes,
  uploaded_at: `2026-08-0${day}T08:00:00Z`,
});
const files = [file("box_10.3mf", 3, 1), file("Box_9.3mf", 1, 3), file("lid_large.3mf", 2, 2)];
const names = (search: string, sort: "newest" | "name" | "size") =>
  chosenFiles(files, search, sort).map(({ name }) => name);

describe("the files that are shown", () => {
  it("come in the order that was asked for", () => {
    expect(names("", "newest")).toEqual(["Box_9.3mf", "lid_large.3mf", "box_10.3mf"]);
    expect(names("", "name")).toEqual(["Box_9.3mf", "box_10.3mf", "lid_large.3mf"]);
    expect(names("", "size")).toEqual(["box_10.3mf", "lid_large.3mf", "Box_9.3mf"]);
  });

  it("hold every word that was looked for", () => {
    expect(names("BOX 3mf", "name")).toEqual(["Box_9.3mf", "box_10.3mf"]);
    expect(names("box lid", "name")).toEqual([]);
  });
});

describe("a file that was picked", () => {
  const takes = { kinds: [".3mf"], most_bytes: 5e6 };

  it("is sent where nothing speaks against it", () => {
    expect(fileProblem({ name: "CUBE.3MF", size: 5e6 }, takes)).toBe("");
  });

  it("is not sent where it could not be printed", () => {
    expect(fileProblem({ name: "cube.stl", size: 10 }, takes)).toContain(".3mf");
    expect(fileProblem({ name: "a folder", size: 10 }, takes)).toContain(".3mf");
    expect(fileProblem({ name: "cube.3mf", size: 0 }, takes)).toContain("empty");
    expect(fileProblem({ name: "cube.3mf", size: 6e6 }, takes)).toContain("6 MB");
  });
});

// The engine's own rule, which leaves these as they are: kernel/files.py.
it.each([
  ["Benchy.3mf", "Benchy.3mf"],
  ["Größe Ärger.gcode.3mf", "Grosse_Arger.gcode.3mf"],
  ["../../etc/passwd", "etc_passwd"],
  ["..", "file"],
  ["", "file"],
  [".gcode", "file.gcode"],
  ["日本.gcode", "file.gcode"],
  ["a\0b\n;rm -rf.gcode", "a_b_rm_-rf.gcode"],
  ["C:\\parts\\x.stl", "C_parts_x.stl"],
  ["Æble Øl œuf.stl", "AEble_Ol_oeuf.stl"],
  [`${"x".repeat(300)}.gcode.3mf`, `${"x".repeat(54)}.gcode.3mf`],
])("calls %j on a printer %j", (name, plain) => {
  expect(plainName(name)).toBe(plain);
  expect(plainName(plain)).toBe(plain);
});

it("tells what came to a machine from elsewhere, the newest first", () => {
  const stored = (name: string, modified_at: string | null) => ({ name, size_bytes: null, modified_at, place: null });
  const files = [stored("b.gcode", null), stored("ours.gcode", "2026-11-20T10:00:00Z"), stored("old.gcode", "2026-11-19T10:00:00Z"), stored("a.gcode", null)];
  expect(notFromHere(files, new Set(["ours.gcode"])).map(({ name }) => name)).toEqual(["old.gcode", "a.gcode", "b.gcode"]);
});
