// @ts-check
/** The only place that makes the parts and connects them. No view, no sentence. */

import { Api } from "./net/api.js";
import { CLOSE, Socket } from "./net/socket.js";
import { sendFile } from "./net/upload.js";
import { Chat } from "./models/chat.js";
import { Connection } from "./models/connection.js";
import { Dialogs } from "./models/dialogs.js";
import { Drafts } from "./models/drafts.js";
import { Files } from "./models/files.js";
import { Guest } from "./models/guest.js";
import { Outbox } from "./models/outbox.js";
import { Preferences } from "./models/preferences.js";
import { chatPath } from "./models/route.js";
import { ResetStory } from "./models/reset_story.js";
import { Session } from "./models/session.js";
import { Toasts } from "./models/toasts.js";
import { Unfinished } from "./models/unfinished.js";
import { Uploads } from "./models/uploads.js";
import { Router } from "./router.js";
import { Title } from "./ui/title.js";
import { Words } from "./words.js";

/** @typedef {ReturnType<typeof build>} App */
/** @typedef {import("./types.js").Frame} Frame */

/** @param {Window & typeof globalThis} window */
export function build(window) {
  const storage = storageOf(window);
  /** @param {() => void} run @param {number} ms */
  const later = (run, ms) => void window.setTimeout(run, ms);
  // The box's clock is the one that stamps messages; a phone's may differ.
  const clock = { skew: 0 };
  const now = () => Date.now() + clock.skew;

  const preferences = new Preferences(storage, window.navigator.languages, window.document.documentElement.lang);
  const words = new Words(preferences);
  const router = new Router(window);
  const toasts = new Toasts(later);
  const dialogs = new Dialogs();
  router.held = () => dialogs.dismiss();
  const story = new ResetStory(storage);
  const connection = new Connection(later);

  const api = new Api(
    (path, init) => window.fetch(path, init),
    () => over(),
  );
  const guest = new Guest(storage, () => Date.now());
  const session = new Session(api, later, guest);
  const title = new Title(window.document, () => session.status?.name ?? "PiChat");
  const me = () => session.me?.id ?? "";

  const files = new Files(api, later);
  const unfinished = new Unfinished(storage);
  /** @type {string[]} names of files that came without being sent: told once for many */
  const spared = [];
  const tellSpared = () => {
    const [name, ...others] = spared.splice(0);
    toasts.say(words.t("uploads.was_here", { n: others.length + 1, name }));
  };
  /** @param {import("./types.js").FileEntry} entry @param {Blob} file @param {string} room */
  const arrived = (entry, file, room) => {
    if (!room) files.arrived(entry);
    session.refreshSoon();
    if (entry.here && spared.push(entry.name) === 1) later(tellSpared, 500);
    if (!/^(image|video)\//.test(entry.type)) return;
    import("./net/thumbnail.js").then((module) => module.sendThumbnail(entry, file)).catch(() => {});
  };
  const uploads = new Uploads(sendFile, now, arrived, unfinished);

  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  const socket = new Socket(
    {
      connect: () => new WebSocket(`${scheme}://${window.location.host}/ws`, "pichat.v1"),
      timers: {
        setTimeout: (run, ms) => window.setTimeout(run, ms),
        clearTimeout: (id) => window.clearTimeout(id),
        random: Math.random,
      },
      client: () => randomHex(8),
      lang: () => preferences.language,
    },
    {
      onWelcome: (frame) => welcome(frame),
      onEvent: (frame) => event(frame),
      onState: (state) => connection.become(state),
      onEnded: (code) => ended(code),
    },
  );
  const chat = new Chat(socket, me, now, later);
  const outbox = new Outbox({
    storage,
    cid: () => randomHex(16),
    now,
    deliver: (entry) => chat.deliver(entry, session.me?.name ?? ""),
    later,
  });

  const drafts = new Drafts((room, body, attached, replyTo) => outbox.add(room, body, attached, replyTo), {
    storage,
    now,
    lasting: (room) => !chat.rooms.get(room)?.ephemeral,
  });

  /** @param {Frame} frame */
  function welcome(frame) {
    clock.skew = frame.now - Date.now();
    const again = story.arrived(frame.epoch) || frame.mode === "reset";
    outbox.open(frame.epoch, me());
    if (again) {
      reset(frame.mode === "reset");
      unfinished.open(frame.epoch, me());
    }
    chat.welcome(frame);
    drafts.open(frame.epoch, me());
    outbox.flush();
    if (files.state !== "new") files.load();
    uploads.nudge();
    session.refresh().then(soon, () => {});
  }

  /** A page that was not there when it was announced, or called off, learns of it from the state of the box. */
  function soon() {
    const left = session.status?.reset_in;
    if (left === null) story.calledOff();
    if (typeof left === "number" && story.phase === "none") story.announce(now() + left * 1000);
  }

  /** The box went back: what it dropped, the page drops too. @param {boolean} witnessed */
  function reset(witnessed) {
    const unsent = outbox.stranded;
    const lost = session.status?.since_stable;
    story.happened({ lost, unsent, uploads: uploads.active().length, witnessed });
    uploads.clear();
    drafts.dropFiles();
    files.forget();
    chat.forget();
  }

  /** @param {Frame} frame */
  function event(frame) {
    if (frame.type === "upload") files.event(/** @type {any} */ (frame));
    if (frame.type === "notice" && frame.code === "box_reboot") {
      story.announce(now() + (frame.params?.seconds ?? 0) * 1000);
    }
    if (frame.type === "notice" && frame.code === "box_reboot_cancelled") {
      story.calledOff();
      toasts.say(words.t("banner.called_off"), { icon: "leaf" });
    }
    if (frame.type === "notice" && frame.code === "store_damaged") {
      const deed = { label: words.t("review.look"), run: () => router.go("/admin/stable/health") };
      toasts.say(words.t("banner.damaged", { name: frame.params?.name ?? "" }), { icon: "triangle-alert", deed });
    }
    if (frame.type === "notice" && frame.code === "file_flagged") {
      const deed = { label: words.t("review.look"), run: () => router.go("/admin/files") };
      toasts.say(words.t("review.notice", { name: frame.params?.name ?? "" }), { icon: "triangle-alert", deed });
    }
    if (frame.type === "notice" && frame.code === "reported") reported(frame.params?.room ?? "");
    // Only administrators are told what a restart would undo: nobody else asks for each message.
    const counted = session.administrator && (frame.type === "upload" || frame.type === "message");
    if (counted || frame.type === "notice") session.refreshSoon();
    chat.event(frame);
  }

  /** Those who moderate hear of it, and are led to where it stands. @param {string} room */
  function reported(room) {
    const path = session.administrator ? "/admin/reports" : chatPath(room);
    const deed = { label: words.t("review.look"), run: () => router.go(path) };
    toasts.say(words.t("reports.notice"), { icon: "circle-alert", deed });
  }

  /** @param {number} code */
  function ended(code) {
    if (code === CLOSE.reset) story.begin();
    else over();
  }

  /** The box knows us no more: who came in by a code goes back to that door. */
  function over() {
    if (session.visiting) router.go("/entrar", { replace: true });
    session.leave(true);
  }

  let follows = "";
  let last = "";
  session.subscribe(() => {
    if (me() === follows || !session.loaded) return;
    follows = me();
    socket.stop();
    chat.forget();
    files.forget();
    uploads.clear();
    unfinished.open(session.status?.epoch ?? "", follows);
    // Who signs in again goes on writing; somebody else finds nothing of it, and who signed out leaves nothing.
    if (!follows && !session.ended) drafts.erase();
    else if (follows && follows !== last) drafts.clear();
    last = follows || last;
    uploads.most = session.status?.uploads.max_bytes ?? Infinity;
    // Another page stands there now: its heading takes the focus.
    router.moved = true;
    if (follows) socket.start();
  });
  chat.rooms.subscribe(() => title.count(chat.rooms.unread()));

  const wake = () => {
    if (window.document.visibilityState === "visible") socket.wake();
  };
  window.document.addEventListener("visibilitychange", wake);
  for (const name of ["online", "pageshow"]) window.addEventListener(name, wake);

  return {
    api,
    chat,
    connection,
    dialogs,
    drafts,
    files,
    guest,
    now,
    outbox,
    preferences,
    router,
    session,
    story,
    title,
    toasts,
    uploads,
    words,
  };
}

/** @param {number} bytes */
function randomHex(bytes) {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Where cookies are blocked even touching localStorage throws: then memory has to do.
 *
 * @param {Window} window
 * @returns {Storage}
 */
function storageOf(window) {
  try {
    window.localStorage.getItem("pichat");
    return window.localStorage;
  } catch {
    /** @type {Map<string, string>} */
    const memory = new Map();
    return {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => void memory.set(key, value),
      removeItem: (key) => void memory.delete(key),
      key: (at) => Array.from(memory.keys())[at] ?? null,
      clear: () => memory.clear(),
      get length() {
        return memory.size;
      },
    };
  }
}
