// @ts-check
/** Sends one file: a small one as the body of a PUT, a large one by tus, which can stop and go on. */

import { refusal } from "./api.js";

/**
 * @typedef {{moved: (sent: number) => void, begun: (url: string) => void, stalled: () => void}} Heard
 * @typedef {{done: Promise<any>, stop: (forGood: boolean) => void}} Sending
 * @typedef {(file: Blob & {name: string}, heard: Heard, url: string) => Sending} SendFile
 */

// Below it, going on would cost more than beginning again.
const SMALL = 512 * 1024;

/** @type {SendFile} */
export function sendFile(file, heard, url) {
  return !url && file.size <= SMALL ? putFile(file, heard, url) : tusFile(file, heard, url);
}

/** fetch cannot tell how far it is, XMLHttpRequest can. @type {SendFile} */
function putFile(file, heard) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("PUT", `/api/uploads/${encodeURIComponent(file.name)}`);
    request.setRequestHeader("X-PiChat", "1");
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => heard.moved(event.loaded);
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText));
      else reject(refusal(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => reject(refusal(0, "", null));
    request.onabort = () => reject(refusal(0, "", null));
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}

/** The client is fetched with the first large file. @type {SendFile} */
function tusFile(file, heard, url) {
  /** @type {Sending | null} */
  let sending = null;
  let stopped = false;
  const done = import("./tus.js").then(
    (module) => {
      if (stopped) throw refusal(0, "", null);
      sending = module.resumable(file, heard, url);
      return sending.done;
    },
    () => Promise.reject(refusal(0, "", null)),
  );
  const stop = (/** @type {boolean} */ forGood) => {
    stopped = true;
    if (sending) sending.stop(forGood);
  };
  return { done, stop };
}
