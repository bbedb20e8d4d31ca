// @ts-check
/** Calls a person to the page: a number on its icon, a short tone, a notice of the system where they allowed it. */

import { Alerts, said } from "../models/alerts.js";
import { chatPath } from "../models/route.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("../types.js").Frame} Frame */

const SIDE = 64;

/**
 * @param {App} app
 * @param {Window & typeof globalThis} window
 */
export function watch(app, window) {
  const { document } = window;
  const alerts = new Alerts(app.preferences, app.now);
  const badge = new Badge(document);
  const count = () => badge.show(app.chat.rooms.unread());
  app.chat.rooms.subscribe(count);
  count();
  /** @param {Frame} message */
  app.chat.heard = (message) => {
    const room = app.chat.rooms.get(message.room);
    const visible = document.visibilityState === "visible";
    const me = app.session.me?.id ?? "";
    const call = alerts.of(message, { me, room, open: app.chat.current === message.room, visible });
    if (!call || !room) return;
    if (call.sound) ring();
    if (call.note) notice(app, window, message, room);
  };
  // No browser lets a page be heard before the person has touched it.
  const touched = () => {
    for (const name of ["pointerdown", "keydown"]) document.removeEventListener(name, touched);
    wake();
  };
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, touched);
}

/** @type {AudioContext | null} */
let ear = null;

/** Called from a touch: from then on it may sound. */
export function wake() {
  const Context = window.AudioContext || /** @type {any} */ (window).webkitAudioContext;
  if (!Context) return;
  ear = ear ?? new Context();
  ear?.resume().catch(() => {});
}

/** Two short notes. */
export function ring() {
  if (!ear || ear.state !== "running") return;
  for (const [number, pitch] of [660, 880].entries()) {
    const from = ear.currentTime + number * 0.12;
    const tone = ear.createOscillator();
    const volume = ear.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.1, from + 0.02);
    volume.gain.linearRampToValueAtTime(0, from + 0.14);
    tone.connect(volume);
    volume.connect(ear.destination);
    tone.start(from);
    tone.stop(from + 0.15);
  }
}

/** Over plain HTTP no browser shows them. */
export const canNotify = () => window.isSecureContext && "Notification" in window;

/**
 * @param {App} app
 * @param {Window & typeof globalThis} window
 * @param {Frame} message
 * @param {import("../types.js").Room} room
 */
function notice(app, window, message, room) {
  if (!canNotify() || Notification.permission !== "granted") return;
  const { title, body } = said(message, room);
  try {
    const note = new Notification(title, { body, tag: room.id, lang: app.words.language });
    note.onclick = () => {
      window.focus();
      note.close();
      app.router.go(chatPath(room.id));
      app.chat.around(room.id, message.seq).catch(() => {});
    };
  } catch {
    // Chrome on Android wants another program for it, which we do not install: the tone has to do.
  }
}

/** The icon of the page with a number on it. */
class Badge {
  /** @param {Document} document */
  constructor(document) {
    this.document = document;
    this.link = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=icon]"));
    this.plain = this.link?.href ?? "";
    this.leaf = new Image();
    this.leaf.src = this.plain;
    this.leaf.onload = () => this.draw();
    this.shown = 0;
  }

  /** @param {number} count */
  show(count) {
    if (count === this.shown) return;
    this.shown = count;
    this.draw();
  }

  // Internal

  draw() {
    if (!this.link) return;
    this.link.type = this.shown ? "image/png" : "image/svg+xml";
    this.link.href = this.shown ? this.picture() : this.plain;
  }

  picture() {
    const canvas = this.document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    const pen = canvas.getContext("2d");
    if (!pen) return this.plain;
    try {
      pen.drawImage(this.leaf, 0, 0, SIDE, SIDE);
    } catch {
      // Not there yet, or a browser that draws no SVG: the number stands alone.
    }
    const style = getComputedStyle(this.document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    pen.fillStyle = colour("--red");
    pen.beginPath();
    pen.arc(SIDE * 0.66, SIDE * 0.66, SIDE * 0.34, 0, Math.PI * 2);
    pen.fill();
    pen.fillStyle = colour("--on-red");
    pen.font = `bold ${SIDE * 0.46}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(this.shown > 9 ? "9+" : String(this.shown), SIDE * 0.66, SIDE * 0.69);
    return canvas.toDataURL("image/png");
  }
}
