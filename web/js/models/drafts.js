// @ts-check
/** What somebody is about to say in each room: words, and files that may still be on their way. No DOM. */

import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Attachment} Attachment */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {{text: string, files: Attachment[], coming: number[], sendWhenThere: boolean,
 *   reply?: Message | null, editing?: Message | null}} Draft */

export class Drafts extends Observable {
  /** @param {(room: string, body: string, files: Attachment[], replyTo?: number) => void} send */
  constructor(send) {
    super();
    this.send = send;
    /** @type {Map<string, Draft>} */
    this.byRoom = new Map();
  }

  /** @param {string} room */
  of(room) {
    const draft = this.byRoom.get(room) ?? { text: "", files: [], coming: [], sendWhenThere: false };
    this.byRoom.set(room, draft);
    return draft;
  }

  /**
   * @param {string} room
   * @param {string} text
   */
  write(room, text) {
    this.of(room).text = text;
    this.changed();
  }

  /**
   * @param {string} room
   * @param {Message | null} message
   */
  reply(room, message) {
    Object.assign(this.of(room), { reply: message });
    this.changed();
  }

  /**
   * One's own message, in the place where one writes; null gives it up.
   *
   * @param {string} room
   * @param {Message | null} message
   */
  edit(room, message) {
    Object.assign(this.of(room), { reply: null, editing: message, text: message ? message.body : "" });
    this.changed();
  }

  /**
   * @param {string} room
   * @param {number} key of the upload
   */
  expect(room, key) {
    this.of(room).coming.push(key);
    this.changed();
  }

  /**
   * @param {string} room
   * @param {number} key
   * @param {Attachment} file
   */
  arrived(room, key, file) {
    const draft = this.of(room);
    if (!draft.coming.includes(key)) return;
    this.forget(room, key);
    draft.files = draft.files.concat([file]);
    if (draft.sendWhenThere && !draft.coming.length) this.post(room);
    this.changed();
  }

  /**
   * The upload failed or was given up: what was written waits for the person.
   *
   * @param {string} room
   * @param {number} key
   */
  forget(room, key) {
    const draft = this.of(room);
    draft.coming = draft.coming.filter((one) => one !== key);
    this.changed();
  }

  /**
   * @param {string} room
   * @param {string} id
   */
  detach(room, id) {
    const draft = this.of(room);
    draft.files = draft.files.filter((file) => file.id !== id);
    this.changed();
  }

  /**
   * Sends it, at once or when the last file has arrived. False when there is nothing to send.
   *
   * @param {string} room
   */
  post(room) {
    const draft = this.of(room);
    if (draft.coming.length) {
      draft.sendWhenThere = true;
      this.changed();
      return true;
    }
    const body = draft.text.trim();
    if (!body && !draft.files.length) return false;
    this.byRoom.delete(room);
    this.send(room, body, draft.files, draft.reply?.seq);
    this.changed();
    return true;
  }

  /** The files are gone with a reset; the words are not. */
  dropFiles() {
    for (const draft of this.byRoom.values()) Object.assign(draft, { files: [], coming: [], sendWhenThere: false });
    this.changed();
  }

  clear() {
    this.byRoom.clear();
    this.changed();
  }
}
