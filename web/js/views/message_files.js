// @ts-check
/** What a message brings: pictures in their place, sound and video to play, any other file as a card. */

import { contentPath, heldBack, standing } from "../models/files.js";
import { preview } from "../models/preview.js";
import { fileIcon, Icon } from "../ui/icon.js";
import { html, useState } from "../ui/preact.js";

/** @typedef {import("../types.js").Attachment} Attachment */
/** @typedef {import("../words.js").Words} Words */

const WIDEST = 320;
const HIGHEST = 320;
const NARROWEST = 96;
const UNKNOWN = { width: 240, height: 180 };

/** @param {{file: Attachment, app: import("../ui/app.js").App, words: Words}} props */
export function Attached({ file, app, words }) {
  const [broken, setBroken] = useState(false);
  const how = standing(app.chat.releasedOnly ? Object.assign({ public_url: null }, file) : file);
  const kind = heldBack(how) || broken ? null : preview(/** @type {any} */ (file));
  const src = `${contentPath(file.id)}?inline=1`;
  const lost = () => setBroken(true);
  if (kind === "picture") return html`<${Picture} file=${file} src=${src} lost=${lost} />`;
  if (kind === "video") {
    return html`<video class="clip" controls preload="metadata" playsinline src=${src} aria-label=${file.name} onError=${lost}></video>`;
  }
  if (kind === "sound") {
    return html`<div class="sound">
      <span class="small soft cut">${file.name}</span>
      <audio controls preload="metadata" src=${src} aria-label=${file.name} onError=${lost}></audio>
    </div>`;
  }
  return html`<${Card} file=${file} how=${how} words=${words} />`;
}

/** Its place is held before it comes. @param {{file: Attachment, src: string, lost: () => void}} props */
function Picture({ file, src, lost }) {
  const known = Boolean(file.width && file.height);
  const { width = 1, height = 1 } = known ? file : UNKNOWN;
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  const wide = Math.max(NARROWEST, Math.round(width * scale));
  // In percent of its width, so that it stays right where the bubble is narrower.
  const high = Math.min((height / width) * 100, (HIGHEST / wide) * 100);
  return html`<a class="picture" href=${src} target="_blank" rel="noopener" style=${{ width: `${wide}px` }}>
    <span class="picture__place" style=${{ paddingBottom: `${high}%` }}>
      <img src=${src} alt=${file.name} loading="lazy" onError=${lost} />
    </span>
  </a>`;
}

/** @param {{file: Attachment, how: import("../models/files.js").Standing, words: Words}} props */
function Card({ file, how, words }) {
  const { t, format } = words;
  const inside = html`
    <${Icon} name=${fileIcon(file.type)} />
    <span class="attached__text">
      <span class="attached__name cut">${file.name}</span>
      <span class="soft small numbers">${format.size(file.size)} · ${t(`files.state.${how}`)}</span>
    </span>
  `;
  if (heldBack(how)) return html`<div class="attached attached--held">${inside}</div>`;
  return html`<a class="attached" href=${contentPath(file.id)} download=${file.name}>${inside}</a>`;
}
