// @ts-check
/** How far one has received and read, told to the box: in a lively room once for many messages. No DOM. */

/** @typedef {import("../types.js").Frame} Frame */

const EVERY_MS = 300;

export class Marks {
  /**
   * @param {(frame: Frame) => unknown} send
   * @param {(run: () => void, ms: number) => void} later
   */
  constructor(send, later) {
    this.send = send;
    this.later = later;
    /** @type {Map<string, Frame>} */
    this.waiting = new Map();
    this.resting = false;
  }

  /**
   * The first at once, what comes soon after it together, and the last one always.
   *
   * @param {"read" | "delivered"} type
   * @param {string} room
   * @param {number} seq
   */
  tell(type, room, seq) {
    this.waiting.set(`${type} ${room}`, { type, room, seq });
    if (!this.resting) this.flush();
  }

  /** Another person is here, or the box went back. */
  forget() {
    this.waiting.clear();
  }

  // Internal

  flush() {
    const frames = Array.from(this.waiting.values());
    this.waiting.clear();
    this.resting = true;
    frames.forEach((frame) => this.send(frame));
    this.later(() => {
      this.resting = false;
      if (this.waiting.size) this.flush();
    }, EVERY_MS);
  }
}
