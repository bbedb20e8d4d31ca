// @ts-check
/** A small picture of a picture or a video, drawn here and sent after it. Whatever goes wrong is nobody's loss. */

const SIDE = 320;
const MOST_BYTES = 60 * 1024;
const WAIT_MS = 15_000;
const DRAWN = /^(image\/(png|jpeg|gif|webp|avif|bmp)|video\/)/;
// A larger one would make an old phone stop.
const LARGEST_PICTURE = 40 * 1024 * 1024;
// The list shows such a picture itself.
const SMALL_ENOUGH = 48 * 1024;

/** @typedef {import("../types.js").FileEntry} FileEntry */
/** @typedef {{source: HTMLImageElement | HTMLVideoElement, width: number, height: number}} Drawable */

/** @type {Promise<void>} one after the other: the page stays smooth */
let queue = Promise.resolve();

/**
 * @param {FileEntry} entry
 * @param {Blob} file
 * @returns {Promise<void>}
 */
export function sendThumbnail(entry, file) {
  if (!DRAWN.test(entry.type)) return queue;
  const picture = entry.type.startsWith("image/");
  if (picture && (file.size > LARGEST_PICTURE || file.size <= SMALL_ENOUGH)) return queue;
  queue = queue.then(() => make(entry.id, file, picture)).catch(() => {});
  return queue;
}

/**
 * @param {string} id
 * @param {Blob} file
 * @param {boolean} picture
 */
async function make(id, file, picture) {
  const address = URL.createObjectURL(file);
  try {
    const small = await drawn(await within(picture ? pictureOf(address) : frameOf(address)));
    if (!small) return;
    const answer = await fetch(`/api/uploads/${encodeURIComponent(id)}/thumbnail`, {
      method: "PUT",
      headers: { "Content-Type": small.type, "X-PiChat": "1" },
      body: small,
      credentials: "same-origin",
    });
    await answer.text(); // a body that nobody reads keeps its connection
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * An <img> turns photographs the way they were taken; createImageBitmap does so in some browsers alone.
 *
 * @param {string} address
 * @returns {Promise<Drawable>}
 */
async function pictureOf(address) {
  const source = new Image();
  source.src = address;
  await source.decode();
  return { source, width: source.naturalWidth, height: source.naturalHeight };
}

/** The beginning of a video, past the black that many begin with. @param {string} address @returns {Promise<Drawable>} */
async function frameOf(address) {
  const source = document.createElement("video");
  source.muted = true;
  source.preload = "auto";
  source.setAttribute("playsinline", "");
  source.src = address;
  try {
    await heard(source, "loadeddata");
    if (source.duration > 1 && isFinite(source.duration)) {
      source.currentTime = Math.min(1, source.duration / 10);
      await heard(source, "seeked");
    }
    return { source, width: source.videoWidth, height: source.videoHeight };
  } catch (error) {
    source.removeAttribute("src");
    throw error;
  }
}

/** @param {HTMLVideoElement} source @param {string} what @returns {Promise<unknown>} */
function heard(source, what) {
  return new Promise((resolve, reject) => {
    source.addEventListener(what, resolve, { once: true });
    source.addEventListener("error", reject, { once: true });
  });
}

/** @param {Drawable} what @returns {Promise<Blob | null>} */
async function drawn({ source, width, height }) {
  if (!width || !height) return null;
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  // A JPEG knows nothing of transparency.
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  for (const quality of [0.8, 0.6, 0.4]) {
    /** @type {Blob | null} */
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob && blob.size <= MOST_BYTES) return blob;
  }
  return null;
}

/** @template T @param {Promise<T>} work @returns {Promise<T>} */
function within(work) {
  return Promise.race([work, new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), WAIT_MS))]);
}
