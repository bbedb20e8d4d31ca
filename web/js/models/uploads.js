// @ts-check
/** Files on their way to the box: they go on while a person walks from page to page. No DOM. */

import { folderOf } from "./folders.js";
import { Observable } from "./observable.js";

/** @typedef {import("../net/upload.js").SendFile} SendFile */
/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {"waiting" | "looking" | "sending" | "stalled" | "finishing" | "paused" | "failed"} State */
/**
 * @typedef {{key: number, file: Blob & {name: string}, folder: string, room: string, sent: number, state: State, speed: number, url: string,
 *   code: string, params: Record<string, unknown>, stop: (forGood: boolean) => void,
 *   samples: {at: number, sent: number}[], done: (entry: FileEntry | null) => void}} Upload
 */

const AT_ONCE = 3;
const SPEED_OVER_MS = 4_000;
const NOTED_EVERY_MS = 2_000;
const HANGS_MS = 5_000;

export class Uploads extends Observable {
  /**
   * @param {SendFile} sendFile
   * @param {() => number} now
   * @param {(entry: FileEntry, file: Blob, room: string) => void} arrived
   * @param {import("./unfinished.js").Unfinished} unfinished
   */
  constructor(sendFile, now, arrived, unfinished) {
    super();
    this.unfinished = unfinished;
    this.noted = 0;
    this.sendFile = sendFile;
    this.now = now;
    this.arrived = arrived;
    /** @type {Upload[]} */
    this.items = [];
    this.number = 0;
    this.most = Infinity;
  }

  /**
   * @param {Iterable<Blob & {name: string}>} files
   * @param {string} [room] where they are to be said
   * @returns {Upload[]}
   */
  add(files, room = "") {
    const added = Array.from(files, (file) => this.entry(file, room));
    this.items = this.items.concat(added);
    this.changed();
    this.pump();
    return added;
  }

  /** @param {number} key */
  cancel(key) {
    const upload = this.items.find((one) => one.key === key);
    this.items = this.items.filter((one) => one.key !== key);
    if (upload) {
      this.unfinished.drop(upload.url);
      this.halt(upload, true);
      upload.done(null);
    }
    this.changed();
    this.pump();
  }

  /** What came stays at the box. @param {number} key */
  pause(key) {
    const upload = this.items.find((one) => one.key === key);
    if (!upload || upload.state === "failed") return;
    this.halt(upload, false);
    upload.state = "paused";
    this.changed();
    this.pump();
  }

  /** @param {number} key */
  resume(key) {
    const upload = this.items.find((one) => one.key === key);
    if (!upload || upload.state !== "paused") return;
    upload.state = "waiting";
    this.changed();
    this.pump();
  }

  /** The box is there again: what hangs asks it anew, instead of waiting for a dead connection. */
  nudge() {
    for (const upload of this.active()) {
      const { state, url, samples } = upload;
      const silent = samples.length > 0 && this.now() - samples[samples.length - 1].at > HANGS_MS;
      if (!url || !(state === "stalled" || (silent && state !== "paused"))) continue;
      this.halt(upload, false);
      upload.state = "waiting";
    }
    this.pump();
  }

  /** @param {number} key */
  retry(key) {
    const old = this.items.find((one) => one.key === key);
    if (!old) return;
    const again = Object.assign(this.entry(old.file, old.room), { done: old.done, key: old.key, url: old.url });
    this.items = this.items.map((one) => (one === old ? again : one));
    this.changed();
    this.pump();
  }

  /** A reset or another person: nothing of it goes on. */
  clear() {
    const going = this.items;
    this.items = [];
    for (const upload of going) this.halt(upload, false);
    this.changed();
  }

  active() {
    return this.items.filter((one) => one.state !== "failed");
  }

  /** Begun by this person, and nobody goes on with them here: the file has to be chosen again. */
  leftOver() {
    const taken = this.taken();
    return this.unfinished.every().filter((one) => !taken.includes(one.url));
  }

  /**
   * The box said how much of it has come.
   *
   * @param {string} url
   * @param {number} sent
   */
  reached(url, sent) {
    for (const one of this.unfinished.every()) if (one.url === url) one.sent = sent;
    this.changed();
  }

  /** What the box waits for, and another browser began. @param {import("./unfinished.js").Begun[]} begun */
  elsewhere(begun) {
    this.unfinished.found(begun);
    this.changed();
  }

  /** @param {string} url */
  giveUp(url) {
    this.unfinished.drop(url);
    this.changed();
  }

  /** Of everything that is going: 0 to 1. */
  progress() {
    const going = this.active();
    const size = going.reduce((sum, one) => sum + one.file.size, 0);
    const sent = going.reduce((sum, one) => sum + one.sent, 0);
    return size ? sent / size : 0;
  }

  // Internal

  /**
   * @param {Blob & {name: string}} file
   * @param {string} room
   * @returns {Upload}
   */
  entry(file, room) {
    const begun = this.unfinished.of(file, this.taken());
    /** @type {Upload} */
    const upload = {
      key: ++this.number,
      file,
      folder: room ? "" : folderOf(file),
      room,
      sent: begun ? begun.sent : 0,
      url: begun ? begun.url : "",
      state: "waiting",
      speed: 0,
      code: "",
      params: {},
      stop: () => {},
      samples: [],
      done: () => {},
    };
    if (file.size > this.most) {
      Object.assign(upload, { state: "failed", code: "too_large", params: { maximum: this.most } });
    }
    return upload;
  }

  taken() {
    return this.items.map((one) => one.url).filter(Boolean);
  }

  /**
   * Its request ends, and whatever is still heard of it is nobody's.
   *
   * @param {Upload} upload
   * @param {boolean} forGood
   */
  halt(upload, forGood) {
    const { stop } = upload;
    Object.assign(upload, { stop: () => {}, speed: 0, samples: [] });
    stop(forGood);
  }

  pump() {
    const sending = this.items.filter((one) => /^(looking|sending|stalled|finishing)$/.test(one.state)).length;
    const next = this.items.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - sending));
    for (const upload of next) this.send(upload);
  }

  /** @param {Upload} upload */
  async send(upload) {
    upload.state = "sending";
    // NaN: where the box goes on is not known before it says so.
    upload.samples = [{ at: this.now(), sent: NaN }];
    /** @type {(forGood: boolean) => void} */
    let mine = () => {};
    const current = () => upload.stop === mine;
    const heard = {
      moved: (/** @type {number} */ sent) => current() && this.moved(upload, sent),
      begun: (/** @type {string} */ url) => current() && this.begun(upload, url),
      stalled: () => current() && this.stalled(upload),
      looking: (/** @type {boolean} */ on) => current() && this.looking(upload, on),
    };
    const { done, stop } = this.sendFile(upload.file, heard, upload.url, upload);
    upload.stop = mine = (forGood) => stop(forGood);
    this.changed();
    try {
      const entry = await done;
      if (!current()) return;
      this.items = this.items.filter((one) => one !== upload);
      this.unfinished.drop(upload.url);
      this.arrived(entry, upload.file, upload.room);
      upload.done(entry);
    } catch (error) {
      if (!current()) return;
      const { code = "internal", params = {} } = /** @type {any} */ (error);
      Object.assign(upload, { state: "failed", code, params });
    }
    this.changed();
    this.pump();
  }

  /**
   * The box keeps what comes from now on; an address that it no longer knew was given up for another one.
   *
   * @param {Upload} upload
   * @param {string} url
   */
  begun(upload, url) {
    if (upload.url !== url) this.unfinished.drop(upload.url);
    upload.url = url;
    this.unfinished.note(url, upload.file, upload.sent);
    this.changed();
  }

  /** Whether the box has these very bytes already. @param {Upload} upload @param {boolean} on */
  looking(upload, on) {
    upload.state = on ? "looking" : "sending";
    this.changed();
  }

  /** @param {Upload} upload */
  stalled(upload) {
    Object.assign(upload, { state: "stalled", speed: 0, samples: [] });
    this.changed();
  }

  /**
   * @param {Upload} upload
   * @param {number} sent
   */
  moved(upload, sent) {
    const now = this.now();
    upload.sent = Math.min(sent, upload.file.size);
    upload.state = upload.sent >= upload.file.size ? "finishing" : "sending";
    upload.samples = upload.samples.filter(
      (one, at, all) => one.sent <= upload.sent && (now - one.at < SPEED_OVER_MS || at === all.length - 1),
    );
    const first = upload.samples[0];
    if (first && now > first.at) upload.speed = ((upload.sent - first.sent) * 1000) / (now - first.at);
    upload.samples.push({ at: now, sent: upload.sent });
    if (upload.url && now - this.noted >= NOTED_EVERY_MS) {
      this.noted = now;
      this.unfinished.note(upload.url, upload.file, upload.sent);
    }
    this.changed();
  }
}

/**
 * Seconds that are left, or 0 while nobody can say.
 *
 * @param {Upload} upload
 */
export function secondsLeft(upload) {
  return upload.speed > 0 ? (upload.file.size - upload.sent) / upload.speed : 0;
}
