// @ts-check
/** A voice note as WAV: what every phone can play, whatever recorded it. No DOM. */

// Enough for speech: about 2 MB a minute.
export const RATE = 16_000;
export const LONGEST_S = 300;
const HEAD = 44;

/**
 * One channel of 16 bits.
 *
 * @param {Float32Array} samples from -1 to 1
 * @param {number} [rate] samples a second
 * @returns {ArrayBuffer}
 */
export function wav(samples, rate = RATE) {
  const bytes = new ArrayBuffer(HEAD + samples.length * 2);
  const view = new DataView(bytes);
  /** @param {number} at @param {string} text */
  const word = (at, text) => Array.from(text, (letter, n) => view.setUint8(at + n, letter.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, HEAD - 8 + samples.length * 2, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, samples.length * 2, true);
  for (let at = 0; at < samples.length; at++) {
    const value = Math.max(-1, Math.min(1, samples[at]));
    view.setInt16(HEAD + at * 2, value < 0 ? value * 0x8000 : value * 0x7fff, true);
  }
  return bytes;
}

/** Minutes and seconds, as recorders show them. @param {number} seconds */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
