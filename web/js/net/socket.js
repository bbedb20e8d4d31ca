// @ts-check
/** One `pichat.v1` connection that comes back by itself. Must not know what a room is. */

import { ApiError } from "./api.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {"idle" | "connecting" | "open" | "waiting"} State */
/**
 * @typedef {{setTimeout: (run: () => void, ms: number) => any, clearTimeout: (id: any) => void,
 *   random: () => number}} Timers
 * @typedef {{connect: () => WebSocket, timers: Timers, client: () => string, lang: () => string}} Wiring
 * @typedef {{onWelcome: (frame: Frame) => void, onEvent: (frame: Frame) => void,
 *   onState: (state: State) => void, onEnded: (code: number) => void}} Ears
 */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const SILENCE_MS = 25_000;
const PONG_MS = 5_000;
const REPLY_MS = 15_000;
const CONNECT_MS = 10_000;

// Half of a pair and NUL: no frame may carry them, and what is in a text by accident is not worth its loss.
const UNSENDABLE = /[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]|\0/g;

/** @param {Frame} frame */
const encoded = (frame) =>
  JSON.stringify(frame, (_, value) =>
    typeof value === "string" ? value.replace(UNSENDABLE, (found) => (found.length > 1 ? found : "")) : value,
  );

export const CLOSE = { unauthorized: 4001, banned: 4003, replaced: 4009, reset: 4012 };

export class Socket {
  /**
   * @param {Wiring} wiring
   * @param {Ears} ears
   */
  constructor(wiring, ears) {
    this.wiring = wiring;
    this.ears = ears;
    /** @type {WebSocket | null} */
    this.link = null;
    /** @type {State} */
    this.state = "idle";
    this.epoch = "";
    this.ev = 0;
    this.attempt = 0;
    this.number = 0;
    this.client = wiring.client();
    /** @type {Map<number, {resolve: (frame: Frame) => void, reject: (error: Error) => void, timer: any}>} */
    this.waiting = new Map();
    /** @type {any} */
    this.retry = null;
    /** @type {any} */
    this.silence = null;
    /** @type {any} */
    this.pong = null;
  }

  start() {
    if (this.state === "idle") this.connect();
  }

  /** Leaves and stays away; a later `start` is a new beginning. */
  stop() {
    this.drop();
    this.epoch = "";
    this.ev = 0;
    this.become("idle");
  }

  /** The page became visible or the network came back: find out at once whether the line still works. */
  wake() {
    if (this.state === "open") this.ping();
    else if (this.state === "waiting") this.connect();
  }

  /**
   * Sends without waiting for an answer. False when there is no line.
   *
   * @param {Frame} frame
   */
  send(frame) {
    if (this.state !== "open" || !this.link) return false;
    this.link.send(encoded(frame));
    return true;
  }

  /**
   * @param {Frame} frame
   * @returns {Promise<Frame>} its `ack`; rejects with an `ApiError`
   */
  request(frame) {
    const id = ++this.number;
    return new Promise((resolve, reject) => {
      if (!this.send(Object.assign({ id }, frame))) {
        reject(new ApiError("offline"));
        return;
      }
      const timer = this.wiring.timers.setTimeout(() => {
        this.waiting.delete(id);
        reject(new ApiError("offline"));
      }, REPLY_MS);
      this.waiting.set(id, { resolve, reject, timer });
    });
  }

  // Internal

  /** @param {State} state */
  become(state) {
    this.state = state;
    this.ears.onState(state);
  }

  connect() {
    this.drop();
    this.become("connecting");
    const link = this.wiring.connect();
    this.link = link;
    this.pong = this.wiring.timers.setTimeout(() => this.lost(0), CONNECT_MS);
    link.onopen = () => this.hello(link);
    link.onmessage = (event) => {
      if (this.link === link) this.read(String(event.data));
    };
    link.onclose = (event) => {
      if (this.link === link) this.lost(event.code);
    };
  }

  /** @param {WebSocket} link */
  hello(link) {
    if (this.link !== link) return;
    /** @type {Frame} */
    const frame = { type: "hello", id: ++this.number, v: 1, client: this.client, lang: this.wiring.lang() };
    if (this.epoch) frame.resume = `${this.epoch}.${this.ev}`;
    link.send(JSON.stringify(frame));
  }

  /** @param {string} text */
  read(text) {
    this.heard();
    /** @type {Frame} */
    const frame = JSON.parse(text);
    if (frame.type === "welcome") this.welcomed(frame);
    else if (frame.type === "ack" || frame.type === "error") this.answered(frame);
    else if (frame.type === "batch") for (const event of frame.events) this.event(event);
    else if (frame.type !== "pong") this.event(frame);
  }

  /** @param {Frame} frame */
  welcomed(frame) {
    this.attempt = 0;
    this.epoch = frame.epoch;
    // After `resumed` the batch that follows moves the cursor, or a cut in between would lose it.
    if (frame.mode !== "resumed") this.ev = frame.ev;
    this.state = "open";
    this.ears.onWelcome(frame);
    this.become("open");
  }

  /** @param {Frame} frame */
  answered(frame) {
    // It could not even read the number: none of ours may wait, and be sent again, for ever.
    if (frame.code === "bad_frame" && frame.id === undefined) return this.letGo(new ApiError(frame.code));
    const waiting = this.waiting.get(frame.id);
    if (!waiting) return;
    this.waiting.delete(frame.id);
    this.wiring.timers.clearTimeout(waiting.timer);
    if (frame.type === "ack") waiting.resolve(frame);
    else waiting.reject(new ApiError(frame.code, Object.assign({ retry_ms: frame.retry_ms }, frame.params)));
  }

  /** @param {Frame} frame */
  event(frame) {
    this.ears.onEvent(frame);
    if (typeof frame.ev === "number" && frame.ev > this.ev) this.ev = frame.ev;
  }

  heard() {
    const { timers } = this.wiring;
    timers.clearTimeout(this.pong);
    timers.clearTimeout(this.silence);
    this.pong = null;
    this.silence = timers.setTimeout(() => this.ping(), SILENCE_MS);
  }

  ping() {
    if (this.pong !== null || !this.send({ type: "ping" })) return;
    this.pong = this.wiring.timers.setTimeout(() => this.lost(0), PONG_MS);
  }

  /** @param {number} code */
  lost(code) {
    this.drop();
    if (code === CLOSE.unauthorized || code === CLOSE.banned) {
      this.become("idle");
      this.ears.onEnded(code);
      return;
    }
    if (code === CLOSE.replaced) this.client = this.wiring.client();
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempt++);
    const wait = this.wiring.timers.random() * most;
    this.become("waiting");
    this.retry = this.wiring.timers.setTimeout(() => this.connect(), wait);
    if (code === CLOSE.reset) this.ears.onEnded(code);
  }

  /** Lets go of the line and of everything that waits on it. */
  drop() {
    const { timers } = this.wiring;
    for (const timer of [this.retry, this.silence, this.pong]) timers.clearTimeout(timer);
    this.pong = null;
    const link = this.link;
    this.link = null;
    if (link) {
      link.onopen = link.onmessage = link.onclose = null;
      link.close();
    }
    this.letGo(new ApiError("offline"));
  }

  /** Whoever waits for an answer gets this one. @param {ApiError} problem */
  letGo(problem) {
    const waiting = Array.from(this.waiting.values());
    this.waiting.clear();
    for (const one of waiting) {
      this.wiring.timers.clearTimeout(one.timer);
      one.reject(problem);
    }
  }
}
