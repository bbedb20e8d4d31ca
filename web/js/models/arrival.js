// @ts-check
/** One large file on its way into the box, and what the box says of it meanwhile. No DOM; knows no file. */

import { refusal } from "../net/api.js";
import { Observable } from "./observable.js";

const LOOK_EVERY_MS = 1000;

/** @template {{stage: string}} State */
export class Arrival extends Observable {
  /**
   * @param {{get: (path: string) => Promise<any>}} api
   * @param {(run: () => void, ms: number) => void} later
   * @param {{path: string, type: string, underWay: string[]}} about the stages that end by themselves
   */
  constructor(api, later, about) {
    super();
    this.api = api;
    this.later = later;
    this.about = about;
    /** @type {State | null} */
    this.state = null;
    this.failure = "";
    /** @type {{name: string, sent: number, size: number} | null} what this page sends */
    this.sending = null;
    /** @type {unknown} why it was not taken */
    this.problem = null;
    this.open = true;
  }

  /** Nobody looks any more. */
  close() {
    this.open = false;
  }

  async load() {
    try {
      this.state = await this.api.get(this.about.path);
      this.failure = "";
    } catch (error) {
      this.failure = String(/** @type {any} */ (error).code);
    }
    this.changed();
    if (this.goesOn() && this.open && !this.sending) this.later(() => this.open && this.load(), LOOK_EVERY_MS);
  }

  /** Whether there will be something else to see soon. */
  goesOn() {
    return !this.failure && this.state !== null && this.about.underWay.includes(this.state.stage);
  }

  /** @param {File} file */
  async bring(file) {
    this.sending = { name: file.name, sent: 0, size: file.size };
    this.problem = null;
    this.changed();
    try {
      await this.send(file);
    } catch (problem) {
      this.problem = problem;
    }
    this.sending = null;
    await this.load();
  }

  // Internal

  /** fetch cannot tell how far it is, XMLHttpRequest can. @param {File} file @returns {Promise<void>} */
  send(file) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", this.about.path);
      request.setRequestHeader("X-PiChat", "1");
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("Content-Type", this.about.type);
      request.upload.onprogress = ({ loaded }) => {
        if (this.sending) this.sending.sent = loaded;
        this.changed();
      };
      request.onerror = () => reject(refusal(0, "", null));
      request.onload = () => {
        if (request.status === 202) resolve();
        else reject(refusal(request.status, request.responseText, request.getResponseHeader("Retry-After")));
      };
      request.send(file);
    });
  }
}
