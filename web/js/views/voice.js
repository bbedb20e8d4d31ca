// @ts-check
/** A voice note: held or tapped to record, with the time and a way out; else the phone's own recorder. */

import { clock, LONGEST_S } from "../models/voice.js";
import { useApp, useWords } from "../ui/app.js";
import { Icon } from "../ui/icon.js";
import { html, useEffect, useRef, useState } from "../ui/preact.js";
import { canRecord, record } from "../ui/recorder.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {Awaited<ReturnType<typeof record>>} Recording */

// A finger that stays longer holds the button: letting go sends.
const HOLD_MS = 500;

/**
 * `began`: the recorder is on. `take`: a file to be sent.
 *
 * @param {{began: (recording: Recording, held: boolean) => void, take: (files: File[]) => void}} props
 */
export function VoiceButton({ began, take }) {
  const { toasts } = useApp();
  const { t } = useWords();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const down = useRef(0);
  const up = useRef(false);
  if (!canRecord()) {
    /** @param {any} event */
    const chosen = (event) => {
      take(Array.from(event.target.files));
      event.target.value = "";
    };
    return html`
      <input type="file" accept="audio/*" capture hidden tabindex="-1" ref=${input} onChange=${chosen} />
      <button
        type="button"
        class="button button--quiet button--icon"
        aria-label=${t("compose.voice_file")}
        title=${t("compose.voice_file")}
        onClick=${() => input.current?.click()}
      >
        <${Icon} name="mic" />
      </button>
    `;
  }
  const start = () => {
    record().then(
      (recording) => began(recording, Boolean(down.current) && !up.current),
      () => toasts.say(t("compose.voice_denied"), { icon: "circle-alert" }),
    );
  };
  const pressed = () => {
    down.current = Date.now();
    up.current = false;
    window.addEventListener("pointerup", () => void (up.current = true), { once: true });
    start();
  };
  /** @param {MouseEvent} event a keyboard presses no pointer */
  const clicked = (event) => {
    if (event.detail === 0) {
      down.current = 0;
      start();
    }
  };
  return html`<button
    type="button"
    class="button button--quiet button--icon"
    aria-label=${t("compose.voice")}
    title=${t("compose.voice")}
    onPointerDown=${pressed}
    onClick=${clicked}
  >
    <${Icon} name="mic" />
  </button>`;
}

/**
 * In the place of the field while it records.
 *
 * @param {{recording: Recording, held: boolean, done: (file: File | null, send: boolean) => void}} props
 */
export function VoiceRow({ recording, held, done }) {
  const { now, toasts, words } = useApp();
  const { t } = useWords();
  const [seconds, setSeconds] = useState(0);
  const [ending, setEnding] = useState(false);
  const over = useRef(false);
  const began = useRef(Date.now());
  const stop = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const away = () => {
    if (over.current) return;
    over.current = true;
    recording.cancel();
    done(null, false);
  };
  /** @param {boolean} send */
  const finish = async (send) => {
    if (over.current) return;
    over.current = true;
    setEnding(true);
    try {
      const sound = await recording.stop();
      const moment = words.format.moment(now(), now()).replace(":", ".");
      done(new File([sound], `${t("compose.voice_name", { date: moment })}.wav`, { type: "audio/wav" }), send);
    } catch {
      toasts.say(t("compose.voice_lost"), { icon: "circle-alert" });
      done(null, false);
    }
  };
  useEffect(() => {
    stop.current?.focus();
    const timer = setInterval(() => {
      const passed = (Date.now() - began.current) / 1000;
      setSeconds(passed);
      if (passed >= LONGEST_S) finish(false);
    }, 250);
    const released = () => {
      if (held && Date.now() - began.current > HOLD_MS) finish(true);
    };
    window.addEventListener("pointerup", released);
    return () => {
      clearInterval(timer);
      window.removeEventListener("pointerup", released);
      if (!over.current) recording.cancel();
    };
  }, []);
  /** @param {KeyboardEvent} event */
  const keydown = (event) => event.key === "Escape" && away();
  return html`<div class="composer__row voice" role="group" aria-label=${t("compose.voice_on")} onKeyDown=${keydown}>
    <button type="button" class="button button--quiet button--icon" aria-label=${t("compose.voice_cancel")} onClick=${away}>
      <${Icon} name="trash-2" />
    </button>
    <p class="voice__time">
      <span class="voice__light" aria-hidden="true"></span>
      <span class="numbers">${clock(seconds)}</span>
      <span class="soft cut"> ${ending ? t("form.moment") : t("compose.voice_on")}</span>
      <span class="only-heard" role="status">${t("compose.voice_on")}</span>
    </p>
    <button
      type="button"
      class="button button--main button--icon"
      aria-label=${t("compose.voice_send")}
      ref=${stop}
      onClick=${() => finish(true)}
    >
      <${Icon} name="send-horizontal" />
    </button>
  </div>`;
}
