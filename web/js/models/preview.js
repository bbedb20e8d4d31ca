// @ts-check
/** What a page may show in place. The box decides it; this only spares a question with a known answer. */

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {"picture" | "video" | "sound" | "text"} Preview */

/** @type {[Preview, RegExp][]} */
const SAFE = [
  ["picture", /^image\/(png|jpeg|gif|webp|avif)$/],
  ["video", /^video\/(mp4|webm)$/],
  ["sound", /^audio\/(mpeg|mp3|ogg|wav|x-wav|mp4|webm|aac)$/],
  ["text", /^text\/plain$/],
];
const HARMLESS = ["clean", "unscanned"];
// A list of large pictures would be slow on a phone, and on the box.
const THUMB_BYTES = 400 * 1024;

/** @param {FileEntry} file @returns {Preview | null} */
export function preview(file) {
  if (file.state === "rejected" || file.state === "receiving" || !HARMLESS.includes(file.scan)) return null;
  const found = SAFE.find(([, type]) => type.test(file.type.split(";")[0].trim()));
  return found ? found[0] : null;
}

/** Whether the list shows the picture itself. @param {FileEntry} file */
export const pictured = (file) => file.size > 0 && file.size <= THUMB_BYTES && preview(file) === "picture";
