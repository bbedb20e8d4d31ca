// @ts-check
/** What a restart will do, in one sentence. Pure. */

/** @typedef {import("../types.js").Status} Status */
/** @typedef {import("../types.js").Since} Since */
/** @typedef {import("./words.js").Translate} Translate */
/** @typedef {import("./format.js").Format} Format */

/**
 * @param {Translate} t
 * @param {Format} format
 * @param {Status} status
 * @param {number} now
 */
export function stableSentence(t, format, status, now) {
  if (!status.stable) return t("since_stable" in status ? "stable.never" : "stable.never_theirs");
  const { kind, text, time } = format.point(status.stable.saved_at, now);
  return t(`stable.line.${kind}`, { day: text, time });
}

/**
 * The same for a narrow place, beside a leaf that stands for the rest.
 *
 * @param {Translate} t
 * @param {Format} format
 * @param {Status} status
 * @param {number} now
 */
export function stableShort(t, format, status, now) {
  if (!status.stable) return t("stable.never_short");
  return format.moment(status.stable.saved_at, now);
}

/**
 * What would go, in numbers: "12 archivos (340,0 MB), 41 mensajes". Empty when nothing would.
 *
 * @param {Translate} t
 * @param {Format} format
 * @param {Since | undefined} since
 */
export function losses(t, format, since) {
  if (!since) return "";
  const found = [];
  if (since.files) found.push(`${t("count.files", { n: since.files })} (${format.size(since.bytes)})`);
  if (since.messages) found.push(t("count.messages", { n: since.messages }));
  if (since.posts) found.push(t("count.posts", { n: since.posts }));
  if (since.rooms) found.push(t("count.rooms", { n: since.rooms }));
  return found.join(", ");
}
