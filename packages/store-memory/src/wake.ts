/** Where handles on the same data tell one another that there may be something to claim. */
export class WakeBoard {
  readonly #listeners = new Set<{ readonly owner: object; readonly listener: () => void }>()

  /** @param owner the handle that listens; its own writes do not wake it */
  add(owner: object, listener: () => void): () => void {
    const entry = { owner, listener }
    this.#listeners.add(entry)
    return () => {
      this.#listeners.delete(entry)
    }
  }

  removeAll(owner: object): void {
    for (const entry of this.#listeners) if (entry.owner === owner) this.#listeners.delete(entry)
  }

  /** Calls back once the current step is over. */
  wakeOthers(owner: object): void {
    for (const entry of this.#listeners) {
      if (entry.owner === owner) continue
      queueMicrotask(() => {
        if (this.#listeners.has(entry)) entry.listener()
      })
    }
  }
}
