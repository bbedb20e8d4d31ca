// @ts-check
/** tus-js-client with our doors: it asks how far the box has come and goes on there, however long it takes. */

import "../../vendor/tus.min.js";
import { refusal } from "./api.js";

/** @typedef {import("./upload.js").SendFile} SendFile */

const ADDRESS = "/api/uploads/tus";
// A restart of the box takes a minute, carrying it to another room some more.
const PAUSES = [0, 500, 1_000, 2_000].concat(new Array(400).fill(3_000));
const FULL = 507;
const PASSING = [0, 408, 409, 423, 429];

/** @type {any} */
const tus = /** @type {any} */ (window).tus;

/** @type {SendFile} */
export function resumable(file, heard, url, { folder, room }) {
  /** @type {any} */
  let upload;
  const done = new Promise((resolve, reject) => {
    upload = new tus.Upload(file, {
      endpoint: ADDRESS,
      uploadUrl: url || null,
      headers: { "X-PiChat": "1" },
      metadata: Object.assign({}, said(file), folder ? { folder } : {}, room ? { for: room } : {}),
      retryDelays: PAUSES,
      // Our own list of what is unfinished knows whose it is, and of which life of the box.
      storeFingerprintForResuming: false,
      onProgress: (/** @type {number} */ sent) => heard.moved(sent),
      onUploadUrlAvailable: () => heard.begun(new URL(upload.url, window.location.href).pathname),
      onShouldRetry: (/** @type {any} */ error) => {
        const passing = willPass(statusOf(error));
        if (passing) heard.stalled();
        return passing;
      },
      onError: (/** @type {any} */ error) => reject(refused(error)),
      onSuccess: (/** @type {any} */ end) => arrived(end.lastResponse.getHeader("Upload-File")).then(resolve, reject),
    });
    upload.start();
  });
  return { done, stop: (forGood) => void upload.abort(forGood).catch(() => {}) };
}

/** What tells this file from another one of that name, also on another device. @param {any} file */
const said = (file) => ({ filename: file.name, filetype: file.type, modified: String(file.lastModified || 0) });

/** It is given up: what came of it may go. @param {string} url */
export function forget(url) {
  tus.Upload.terminate(url, { headers: { "X-PiChat": "1" }, retryDelays: [0, 1_000] }).catch(() => {});
}

/** @param {number} status */
const willPass = (status) => PASSING.includes(status) || (status >= 500 && status !== FULL);

/** @param {any} error */
const statusOf = (error) => (error.originalResponse ? error.originalResponse.getStatus() : 0);

/** @param {any} error */
function refused(error) {
  const answer = error.originalResponse;
  if (!answer) return refusal(0, "", null);
  return refusal(answer.getStatus(), answer.getBody() || "", answer.getHeader("Retry-After") || null);
}

/** The file that it became. @param {string} id */
async function arrived(id) {
  const answer = await fetch(`/api/uploads/${encodeURIComponent(id)}`, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw refusal(answer.status, await answer.text(), null);
  return answer.json();
}
