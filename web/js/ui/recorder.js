// @ts-check
/** The microphone, where a page may have it. Says nothing to people. */

import { RATE, wav } from "../models/voice.js";

/** Over plain HTTP no browser lends the microphone to a page. */
export const canRecord = () =>
  window.isSecureContext && typeof MediaRecorder === "function" && Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * Begins to record; rejects when the person or the browser says no.
 *
 * @returns {Promise<{stop: () => Promise<Blob>, cancel: () => void}>} `stop` gives a WAV
 */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  /** @type {Blob[]} */
  const pieces = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  const ended = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  recorder.start();
  const hush = () => {
    if (recorder.state !== "inactive") recorder.stop();
    // The red light of the browser goes out.
    for (const track of stream.getTracks()) track.stop();
  };
  const stop = async () => {
    hush();
    await ended;
    return converted(new Blob(pieces, { type: recorder.mimeType }));
  };
  return { stop, cancel: hush };
}

/** @param {Blob} recorded @returns {Promise<Blob>} */
async function converted(recorded) {
  const bytes = await recorded.arrayBuffer();
  const heard = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
  const room = new OfflineAudioContext(1, Math.max(1, Math.ceil(heard.duration * RATE)), RATE);
  const source = room.createBufferSource();
  source.buffer = heard;
  source.connect(room.destination);
  source.start();
  const mixed = await room.startRendering();
  return new Blob([wav(mixed.getChannelData(0))], { type: "audio/wav" });
}
