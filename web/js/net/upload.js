// @ts-check
/** Sends one file as the raw body of a PUT, with progress: fetch cannot tell it, XMLHttpRequest can. */

import { refusal } from "./api.js";

/**
 * @typedef {{done: Promise<any>, cancel: () => void}} Sending
 * @typedef {(file: Blob & {name: string}, progress: (sent: number) => void) => Sending} SendFile
 */

/** @type {SendFile} */
export function putFile(file, progress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("PUT", `/api/uploads/${encodeURIComponent(file.name)}`);
    request.setRequestHeader("X-PiChat", "1");
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText));
      else reject(refusal(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => reject(refusal(0, "", null));
    request.onabort = () => reject(refusal(0, "", null));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}
