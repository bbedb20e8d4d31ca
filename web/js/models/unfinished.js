// @ts-check
/** The uploads that this browser began and did not end: what a reload, or a crash, leaves to go on with. No DOM. */

/**
 * @typedef {{url: string, name: string, size: number, modified: number, sent: number}} Begun
 * @typedef {Blob & {name: string, lastModified?: number}} FileLike
 */

const KEY = "pichat.unfinished";
const MOST = 50;

export class Unfinished {
  /** @param {Pick<Storage, "getItem" | "setItem">} storage */
  constructor(storage) {
    this.storage = storage;
    this.whose = "";
    /** @type {Begun[]} */
    this.items = [];
    /** @type {Begun[]} of the same person, begun in another browser */
    this.elsewhere = [];
  }

  /**
   * What one person began since the box last went back. Anything else in the store is worth nothing.
   *
   * @param {string} epoch
   * @param {string} person
   */
  open(epoch, person) {
    this.whose = `${epoch}/${person}`;
    this.items = [];
    this.elsewhere = [];
    if (!person) return;
    try {
      const kept = JSON.parse(this.storage.getItem(KEY) ?? "{}");
      if (kept.whose === this.whose) this.items = kept.items;
    } catch {
      // Not ours, or half written: as if nothing were there.
    }
  }

  /**
   * @param {string} url
   * @param {FileLike} file
   * @param {number} sent
   */
  note(url, file, sent) {
    const { name, size, lastModified: modified = 0 } = file;
    const others = this.items.filter((one) => one.url !== url);
    this.items = [{ url, name, size, modified, sent }].concat(others).slice(0, MOST);
    this.keep();
  }

  /** What the box knows of, and this browser may not. @param {Begun[]} begun */
  found(begun) {
    this.elsewhere = begun.filter((one) => !this.items.some((known) => known.url === one.url));
  }

  /** @returns {Begun[]} */
  every() {
    return this.items.concat(this.elsewhere.filter((one) => !this.items.some((known) => known.url === one.url)));
  }

  /** @param {string} url */
  drop(url) {
    this.elsewhere = this.elsewhere.filter((one) => one.url !== url);
    if (!this.items.some((one) => one.url === url)) return;
    this.items = this.items.filter((one) => one.url !== url);
    this.keep();
  }

  /**
   * The upload that this very file began, as far as a browser can tell.
   *
   * @param {FileLike} file
   * @param {string[]} taken uploads that go on already
   */
  of(file, taken) {
    return this.every().find((one) => !taken.includes(one.url) && same(one, file));
  }

  keep() {
    try {
      this.storage.setItem(KEY, JSON.stringify({ whose: this.whose, items: this.items }));
    } catch {
      // A full or closed store: it can still go on in this window.
    }
  }
}

/**
 * @param {Begun} begun
 * @param {FileLike} file
 */
export function same(begun, file) {
  return begun.name === file.name && begun.size === file.size && begun.modified === (file.lastModified ?? 0);
}
