/** Doing one thing to many printers, and what became of each. Pure but for the calls it is given. */

import { ApiError } from "../../api/transport";
import type { Printer } from "../../api/types";
import { isRunning } from "../../components/printer-tile/summary";
import { isPlateToClear } from "../../store/printers";
import { knows } from "../printer/locks";
import { Turns } from "./turns";

export interface Outcome {
  readonly done: readonly Printer[];
  readonly refused: readonly { readonly printer: Printer; readonly reason: string }[];
}

export type Command = "clear" | "pause" | "resume";

/** Each printer takes its time to confirm; the engine need not hear of all of them at once. */
const AT_ONCE = 6;

const CONCERNS: Readonly<Record<Command, (printer: Printer) => boolean>> = {
  clear: isPlateToClear,
  pause: (printer) => isRunning(printer) && printer.activity !== "paused" && isCommanded(printer, "pause"),
  resume: (printer) => printer.activity === "paused" && isCommanded(printer, "resume"),
};

function isCommanded(printer: Printer, kind: "pause" | "resume"): boolean {
  return printer.is_live && !printer.is_observe_only && printer.control !== "refused" && knows(printer, kind);
}

/** Returns those a command makes sense for. */
export function concerned(command: Command, printers: readonly Printer[]): readonly Printer[] {
  return printers.filter(CONCERNS[command]);
}

/** Calls the engine for each printer and returns who took it, and who refused and why. */
export async function forEach(printers: readonly Printer[], call: (id: string) => Promise<unknown>): Promise<Outcome> {
  const turns = new Turns(AT_ONCE);
  const done: Printer[] = [];
  const refused: { printer: Printer; reason: string }[] = [];
  const one = async (printer: Printer) => {
    try {
      await call(printer.id);
      done.push(printer);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.push({ printer, reason: error.message });
    }
  };
  await Promise.all(
    printers.map((printer) =>
      turns.run(
        () => true,
        () => one(printer),
      ),
    ),
  );
  return { done, refused };
}
