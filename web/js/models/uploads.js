// @ts-check
/** Files on their way to the box: they go on while a person walks from page to page. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../net/upload.js").SendFile} SendFile */
/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {"waiting" | "sending" | "finishing" | "done" | "failed"} State */
/**
 * @typedef {{key: number, file: Blob & {name: string}, sent: number, state: State, speed: number,
 *   code: string, params: Record<string, unknown>, cancel: () => void,
 *   samples: {at: number, sent: number}[], done: (entry: FileEntry | null) => void}} Upload
 */

const AT_ONCE = 2;
const SPEED_OVER_MS = 4_000;

export class Uploads extends Observable {
  /**
   * @param {SendFile} sendFile
   * @param {() => number} now
   * @param {(entry: FileEntry) => void} arrived
   */
  constructor(sendFile, now, arrived) {
    super();
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
   * @returns {Upload[]}
   */
  add(files) {
    const added = Array.from(files, (file) => this.entry(file));
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
      upload.cancel();
      upload.done(null);
    }
    this.changed();
    this.pump();
  }

  /** @param {number} key */
  retry(key) {
    const old = this.items.find((one) => one.key === key);
    if (!old) return;
    const again = Object.assign(this.entry(old.file), { done: old.done, key: old.key });
    this.items = this.items.map((one) => (one === old ? again : one));
    this.changed();
    this.pump();
  }

  /** A reset or another person: nothing of it goes on. */
  clear() {
    const going = this.items;
    this.items = [];
    for (const upload of going) upload.cancel();
    this.changed();
  }

  active() {
    return this.items.filter((one) => one.state !== "failed" && one.state !== "done");
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
   * @returns {Upload}
   */
  entry(file) {
    /** @type {Upload} */
    const upload = {
      key: ++this.number,
      file,
      sent: 0,
      state: "waiting",
      speed: 0,
      code: "",
      params: {},
      cancel: () => {},
      samples: [],
      done: () => {},
    };
    if (file.size > this.most) {
      Object.assign(upload, { state: "failed", code: "too_large", params: { maximum: this.most } });
    }
    return upload;
  }

  pump() {
    const sending = this.items.filter((one) => one.state === "sending" || one.state === "finishing").length;
    const next = this.items.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - sending));
    for (const upload of next) this.send(upload);
  }

  /** @param {Upload} upload */
  async send(upload) {
    upload.state = "sending";
    upload.samples = [{ at: this.now(), sent: 0 }];
    const { done, cancel } = this.sendFile(upload.file, (sent) => this.moved(upload, sent));
    upload.cancel = cancel;
    this.changed();
    try {
      const entry = await done;
      this.items = this.items.filter((one) => one !== upload);
      this.arrived(entry);
      upload.done(entry);
    } catch (error) {
      const { code = "internal", params = {} } = /** @type {any} */ (error);
      Object.assign(upload, { state: "failed", code, params });
    }
    this.changed();
    this.pump();
  }

  /**
   * @param {Upload} upload
   * @param {number} sent
   */
  moved(upload, sent) {
    const now = this.now();
    upload.sent = Math.min(sent, upload.file.size);
    upload.state = upload.sent >= upload.file.size ? "finishing" : "sending";
    upload.samples = upload.samples.filter((one, at, all) => now - one.at < SPEED_OVER_MS || at === all.length - 1);
    const first = upload.samples[0];
    if (now > first.at) upload.speed = ((upload.sent - first.sent) * 1000) / (now - first.at);
    upload.samples.push({ at: now, sent: upload.sent });
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
