interface Closable {
  close(): Promise<unknown>
}

/** What was opened, to be closed from the last to the first. */
export class CloseStack {
  readonly #closes: (() => Promise<unknown>)[] = []

  /** Answers with what it is given, once that is opened. */
  add<Opened extends Closable | null>(opened: Opened): Opened {
    if (opened !== null) this.defer(() => opened.close())
    return opened
  }

  /** Runs `close` in the place of what would be opened now. */
  defer(close: () => Promise<unknown>): void {
    this.#closes.push(close)
  }

  /** Closes everything, also where some of it fails. Error: the first that failed. */
  async close(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closes.toReversed()) await close().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
}
