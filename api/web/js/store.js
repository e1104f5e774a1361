// A value that many parts of the page look at: it is replaced, never changed, and who looks is told once per turn.

/** @template S */
export class Store {
  #state;
  #listeners = new Set();
  #isTelling = false;

  /** @param {S} state */
  constructor(state) {
    this.#state = state;
  }

  get state() {
    return this.#state;
  }

  /** Replace some fields. Listeners hear of it after the code that is running, once. */
  update(changes) {
    this.#state = { ...this.#state, ...changes };
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      for (const listener of [...this.#listeners]) listener(this.#state);
    });
  }

  /** Call `listener` with the state after every change; gives the way to stop. */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
