// @ts-check
/** Sizes, times and durations as people read them. Must not read the clock: callers pass `now`. */

// A number and its unit stay on one line.
const JOINED = "\u00a0";
const MB = 1024 * 1024;
const GB = 1024 * MB;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @typedef {import("./words.js").Translate} Translate */
/** @typedef {{kind: "today" | "yesterday" | "weekday" | "date", text: string, time: string}} Point */

export class Format {
  /**
   * @param {string} locale
   * @param {Translate} t
   */
  constructor(locale, t) {
    this.locale = locale;
    this.t = t;
    this.decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    this.whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
    this.clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    this.weekday = new Intl.DateTimeFormat(locale, { weekday: "long" });
    this.date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" });
    this.dated = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
  }

  /** @param {number} bytes */
  size(bytes) {
    if (bytes >= GB) return `${this.decimal.format(bytes / GB)}${JOINED}GB`;
    if (bytes >= MB / 10) return `${this.decimal.format(bytes / MB)}${JOINED}MB`;
    return `${this.whole.format(Math.ceil(bytes / 1024))}${JOINED}KB`;
  }

  /** @param {number} n */
  count(n) {
    return this.whole.format(n);
  }

  /** @param {number} ts */
  time(ts) {
    return this.clock.format(new Date(ts));
  }

  /**
   * Where a moment lies, seen from `now`: the line about the reset builds a sentence on it.
   *
   * @param {number} ts
   * @param {number} now
   * @returns {Point}
   */
  point(ts, now) {
    const time = this.time(ts);
    const days = Math.round((midnight(now) - midnight(ts)) / DAY);
    if (days === 0) return { kind: "today", text: this.t("time.today"), time };
    if (days === 1) return { kind: "yesterday", text: this.t("time.yesterday"), time };
    if (days > 1 && days < 7) return { kind: "weekday", text: this.weekday.format(new Date(ts)), time };
    const sameYear = new Date(ts).getFullYear() === new Date(now).getFullYear();
    const text = (sameYear ? this.date : this.dated).format(new Date(ts));
    return { kind: "date", text, time };
  }

  /**
   * A day line of the conversation.
   *
   * @param {number} ts
   * @param {number} now
   */
  day(ts, now) {
    const { text } = this.point(ts, now);
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  /**
   * Relative up to a day, then the day and the hour.
   *
   * @param {number} ts
   * @param {number} now
   */
  ago(ts, now) {
    const past = now - ts;
    if (past < -MINUTE || past >= DAY) return this.moment(ts, now);
    if (past < MINUTE) return this.t("time.now");
    if (past < HOUR) return this.t("time.minutes", { n: Math.floor(past / MINUTE) });
    return this.t("time.hours", { n: Math.floor(past / HOUR) });
  }

  /**
   * @param {number} ts
   * @param {number} now
   */
  moment(ts, now) {
    const { text, time } = this.point(ts, now);
    return `${text}, ${time}`;
  }

  /** @param {number} seconds */
  duration(seconds) {
    if (seconds < 60) return this.t("time.seconds", { n: Math.max(1, Math.round(seconds)) });
    if (seconds < 3600) return this.t("time.span_minutes", { n: Math.round(seconds / 60) });
    return this.t("time.span_hours", { h: Math.floor(seconds / 3600), m: Math.round((seconds % 3600) / 60) });
  }
}

/** @param {number} ts */
export function midnight(ts) {
  const date = new Date(ts);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => Array.from(word)[0]).join("").toUpperCase() || "?";
}
