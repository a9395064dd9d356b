/** Lets only a few do something at once; the others wait in the order they came. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Runs `deed` when it is its turn; `false` where it was not wanted any more by then. */
  async run(isWanted: () => boolean, deed: () => Promise<void>): Promise<boolean> {
    await this.#turn();
    try {
      if (!isWanted()) return false;
      await deed();
      return true;
    } finally {
      this.#free += 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    while (this.#free === 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#free -= 1;
  }
}
