/** Addresses that work without a login for a while: an `<img>` sends none. Home Assistant signs path and query together. */

import { isObject } from "./answers";
import type { HomeAssistantConnection } from "./home-assistant-connection";

/** A picture far down a page may be fetched long after its address was made. */
const EXPIRES_S = 6 * 3600;
/** The same address for as long as it is good enough, so that the browser's cache knows the picture again. */
const KEPT_MS = (EXPIRES_S / 2) * 1000;
const MOST = 500;

interface Signed {
  readonly path: Promise<string>;
  readonly at: number;
}

const known = new WeakMap<HomeAssistantConnection, SignedPaths>();

/** Returns the addresses made over a connection, the same for everybody on the page. */
export function signedPaths(connection: HomeAssistantConnection): SignedPaths {
  const paths = known.get(connection) ?? new SignedPaths(connection);
  known.set(connection, paths);
  return paths;
}

class SignedPaths {
  readonly #connection: HomeAssistantConnection;
  readonly #signed = new Map<string, Signed>();

  constructor(connection: HomeAssistantConnection) {
    this.#connection = connection;
    // Home Assistant forgets what it signs with when it starts anew.
    connection.addEventListener("ready", () => {
      this.#signed.clear();
    });
  }

  /** Returns the path with its signature; throws what Home Assistant refuses with. */
  of(path: string): Promise<string> {
    const before = this.#signed.get(path);
    if (before && Date.now() - before.at < KEPT_MS) return before.path;
    const signed = { path: this.#sign(path), at: Date.now() };
    this.#keep(path, signed);
    signed.path.catch(() => {
      if (this.#signed.get(path) === signed) this.#signed.delete(path);
    });
    return signed.path;
  }

  async #sign(path: string): Promise<string> {
    const answer = await this.#connection.sendMessagePromise({ type: "auth/sign_path", path, expires: EXPIRES_S });
    return isObject(answer) && typeof answer["path"] === "string" ? answer["path"] : path;
  }

  /** The oldest goes where there are too many. */
  #keep(path: string, signed: Signed): void {
    this.#signed.delete(path);
    this.#signed.set(path, signed);
    const [oldest] = this.#signed.keys();
    if (this.#signed.size > MOST && oldest !== undefined) this.#signed.delete(oldest);
  }
}
