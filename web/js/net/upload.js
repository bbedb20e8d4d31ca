// @ts-check
/** Sends one file: a small one as the body of a PUT, a large one by tus, which can stop and go on. */

import { refusal } from "./api.js";

/**
 * @typedef {{moved: (sent: number) => void, begun: (url: string) => void, stalled: () => void,
 *   looking: (on: boolean) => void}} Heard
 * @typedef {{folder: string, room: string}} Place what a room is told is for those who are in it
 * @typedef {{done: Promise<any>, stop: (forGood: boolean) => void}} Sending
 * @typedef {(file: Blob & {name: string}, heard: Heard, url: string, place: Place) => Sending} SendFile
 */

// Below it, going on would cost more than beginning again.
const SMALL = 512 * 1024;
// Summing a file first is worth it when sending takes a while, and the sum does not take longer.
const WORTH = { least: 1024 * 1024, most: 512 * 1024 * 1024 };

/** @type {SendFile} */
export function sendFile(file, heard, url, place) {
  if (url) return tusFile(file, heard, url, place);
  if (file.size <= SMALL) return putFile(file, heard, url, place);
  if (place.room || file.size < WORTH.least || file.size > WORTH.most) return tusFile(file, heard, url, place);
  return lookFirst(file, heard, url, place);
}

/** What the box has already is not sent again. @type {SendFile} */
function lookFirst(file, heard, url, place) {
  let stopped = false;
  /** @type {(forGood: boolean) => void} */
  let halt = () => {};
  /** @param {{alreadyHere: typeof import("./here.js").alreadyHere}} module */
  const look = ({ alreadyHere }) => {
    if (stopped) return null;
    heard.looking(true);
    const looking = alreadyHere(file, place.folder);
    halt = looking.stop;
    return looking.done;
  };
  const done = import("./here.js").then(look, () => null).then((entry) => {
    if (stopped) throw refusal(0, "", null);
    if (entry) return Object.assign(entry, { here: true });
    heard.looking(false);
    const sending = tusFile(file, heard, url, place);
    halt = sending.stop;
    return sending.done;
  });
  const stop = (/** @type {boolean} */ forGood) => {
    stopped = true;
    halt(forGood);
  };
  return { done, stop };
}

/** fetch cannot tell how far it is, XMLHttpRequest can. @type {SendFile} */
function putFile(file, heard, _, { folder, room }) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    const where = folder ? `?folder=${encodeURIComponent(folder)}` : room ? `?for=${encodeURIComponent(room)}` : "";
    request.open("PUT", `/api/uploads/${encodeURIComponent(file.name)}${where}`);
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
function tusFile(file, heard, url, place) {
  /** @type {Sending | null} */
  let sending = null;
  let stopped = false;
  const done = import("./tus.js").then(
    (module) => {
      if (stopped) throw refusal(0, "", null);
      sending = module.resumable(file, heard, url, place);
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
