/** Which files are shown, in which order, and which may be sent. */

import type { PrinterFiles, StoredFile, Upload } from "../../api/types";
import { t } from "../../localize";
import { megabytes } from "../../localize/format";

export const FILE_SORTS = ["newest", "name", "size"] as const;
export type FileSort = (typeof FILE_SORTS)[number];

const inOrder = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

const BY: Readonly<Record<FileSort, (a: Upload, b: Upload) => number>> = {
  newest: (a, b) => b.uploaded_at.localeCompare(a.uploaded_at),
  name: (a, b) => inOrder.compare(a.name, b.name),
  size: (a, b) => b.size_bytes - a.size_bytes,
};

/** Returns the files whose names hold every word that is looked for. */
export function chosenFiles(files: readonly Upload[], search: string, sort: FileSort): readonly Upload[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return files.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word))).sort(BY[sort]);
}

/** Returns what came to a machine from elsewhere, the newest first. */
export function notFromHere(files: readonly StoredFile[], own: ReadonlySet<string>): readonly StoredFile[] {
  const age = ({ modified_at: at }: StoredFile) => at ?? "";
  return files.filter(({ name }) => !own.has(name)).sort((a, b) => age(b).localeCompare(age(a)) || inOrder.compare(a.name, b.name));
}

/** Returns why a file is not sent at all, `""` where nothing speaks against it. */
export function fileProblem(file: Pick<File, "name" | "size">, { kinds, most_bytes }: Omit<PrinterFiles, "items">): string {
  const name = file.name.toLowerCase();
  if (!kinds.some((kind) => name.endsWith(kind))) return t("files.wrong_kind", { kinds: kinds.join(", ") });
  if (file.size === 0) return t("files.nothing_in_it");
  if (file.size > most_bytes) {
    return t("files.too_large", { size: megabytes(file.size), most: megabytes(most_bytes) });
  }
  return "";
}

/** Letters that Unicode decomposition leaves whole. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  Æ: "AE",
  ø: "o",
  Ø: "O",
  œ: "oe",
  Œ: "OE",
  ł: "l",
  Ł: "L",
  đ: "d",
  Đ: "D",
  þ: "th",
  Þ: "Th",
};
/** Firmware cuts what is longer. */
const LONGEST_NAME = 64;

/** Returns the name a file gets on a printer. The engine leaves such a name as it is, so it is known before it is sent. */
export function plainName(name: string): string {
  const bare = name
    .replace(/[ßæÆøØœŒłŁđĐþÞ]/g, (letter) => LETTERS[letter] ?? "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/[._-]+\./g, ".");
  const extension = /(\.gcode)?\.[A-Za-z0-9]{1,8}$/i.exec(bare)?.[0] ?? "";
  const stem = bare.slice(0, bare.length - extension.length).replace(/^[._-]+|[._-]+$/g, "") || "file";
  return stem.slice(0, LONGEST_NAME - extension.length).replace(/[._-]+$/, "") + extension;
}
