// @ts-check
/** Bytes that the box has already, and that this person could download, need not be sent. */

import { refusal } from "./api.js";

// Longer than this, and sending would have been as quick: a phone of ten years sums 20 MB a second.
const PATIENCE_MS = 4_000;
const SCRIPT = new URL("../workers/sha256.js", import.meta.url).pathname;

/**
 * The file that it became without being sent, or null when it has to be sent.
 *
 * @param {Blob & {name: string}} file
 * @param {string} folder
 * @returns {{done: Promise<any>, stop: () => void}}
 */
export function alreadyHere(file, folder) {
  const sum = sumOf(file);
  const done = sum.done.then((sha256) => (sha256 ? ask({ sha256, name: file.name, folder }) : null));
  return { done, stop: sum.stop };
}

/** @param {{sha256: string, name: string, folder: string}} wanted */
async function ask({ sha256, name, folder }) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch("/api/uploads/here", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-PiChat": "1" },
      body: JSON.stringify(folder ? { sha256, name, folder } : { sha256, name }),
      credentials: "same-origin",
    });
  } catch {
    return null; // the upload itself waits for the box to be there again
  }
  if (answer.status === 201) return answer.json();
  if (answer.status === 204 || answer.status >= 500 || answer.status === 429) return null;
  throw refusal(answer.status, await answer.text(), answer.headers.get("Retry-After"));
}

/**
 * Empty when it cannot be known soon.
 *
 * @param {Blob} file
 * @returns {{done: Promise<string>, stop: () => void}}
 */
export function sumOf(file) {
  /** @type {Worker | null} */
  let worker = null;
  /** @type {(sum: string) => void} */
  let settle = () => {};
  /** @type {Promise<string>} */
  const done = new Promise((resolve) => {
    settle = resolve;
  });
  const timer = setTimeout(() => end(""), PATIENCE_MS);
  /** @param {string} sum */
  const end = (sum) => {
    clearTimeout(timer);
    if (worker) worker.terminate();
    settle(sum);
  };
  try {
    worker = new Worker(/** @type {any} */ (trusted(SCRIPT)));
    worker.onmessage = (event) => end(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      end("");
    };
    worker.postMessage(file);
  } catch {
    end("");
  }
  return { done, stop: () => end("") };
}

/** @type {any} */
let policy = null;

/** Our own address, in the form in which browsers with trusted types want it. @param {string} address */
function trusted(address) {
  const types = /** @type {any} */ (window).trustedTypes;
  if (!types) return address;
  if (!policy) policy = types.createPolicy("pichat", { createScriptURL: (/** @type {string} */ url) => url });
  return policy.createScriptURL(address);
}
