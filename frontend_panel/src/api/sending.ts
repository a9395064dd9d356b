/** Sends a file and tells how far it is; `fetch` cannot. */

import { t } from "../localize";
import { parsed, refusal } from "./answers";
import { ApiError } from "./transport";

/** Without a byte moving for this long nothing will come of it; the engine gives up on a sender after as long. */
const STALL_MS = 60_000;

export interface Sending {
  readonly method: "POST" | "PUT";
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly file: Blob;
  /** Hears how much of it left, from 0 to 1. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Sends a file as the raw body and returns the JSON answer. Throws `ApiError`, and an `AbortError` once aborted. */
export function sent<T>({ method, address, headers, file, onProgress, signal }: Sending): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = () => {
      request.abort();
    };
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(abort, STALL_MS);
    };
    const over = (end: () => void) => () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      end();
    };
    const lost = over(() => {
      reject(signal.aborted ? aborted() : new ApiError(t("files.cut_off"), 0));
    });
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      moved();
      if (total > 0) onProgress(loaded / total);
    });
    request.addEventListener("error", lost);
    request.addEventListener("abort", lost);
    request.addEventListener(
      "load",
      over(() => {
        const { status } = request;
        const content = parsed(request.responseText);
        if (status >= 200 && status < 300) resolve(content as T);
        else reject(refusal(status, content));
      }),
    );
    if (signal.aborted) {
      reject(aborted());
      return;
    }
    signal.addEventListener("abort", abort);
    request.open(method, address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    moved();
    request.send(file);
  });
}

function aborted(): DOMException {
  return new DOMException("The upload was cancelled.", "AbortError");
}
