// @ts-check
/** A model that says when it changed. It never says what: views read it again. */
export class Observable {
  constructor() {
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  /**
   * @param {() => void} listener
   * @returns {() => void} ends the subscription
   */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  changed() {
    for (const listener of Array.from(this.listeners)) listener();
  }
}
