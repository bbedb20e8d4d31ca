// @ts-check
/** A newer PiChat on its way into the box, and what became of it. No DOM. */

import { refusal } from "../net/api.js";
import { Observable } from "./observable.js";

/** @typedef {import("../types.js").Update} Update */

const LOOK_EVERY_MS = 1000;

export class Updating extends Observable {
  /**
   * @param {{get: (path: string) => Promise<any>}} api
   * @param {(run: () => void, ms: number) => void} later
   */
  constructor(api, later) {
    super();
    this.api = api;
    this.later = later;
    /** @type {Update | null} */
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
      this.state = await this.api.get("/api/update");
      this.failure = "";
    } catch (error) {
      this.failure = String(/** @type {any} */ (error).code);
    }
    this.changed();
    const goes = this.state?.stage === "checking" || this.state?.stage === "receiving";
    if (goes && !this.failure && this.open && !this.sending) this.later(() => this.open && this.load(), LOOK_EVERY_MS);
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

  /** fetch cannot tell how far it is, XMLHttpRequest can. @param {File} file @returns {Promise<void>} */
  send(file) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", "/api/update");
      request.setRequestHeader("X-PiChat", "1");
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("Content-Type", "application/octet-stream");
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
