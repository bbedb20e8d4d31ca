// @ts-check
/** One picture of the sprite. Never says anything alone: a word stands beside it, or a label. */

import { html } from "./preact.js";

const SPRITE = new URL("../../img/icons.svg", import.meta.url).pathname;

/** @param {{name: string, class?: string}} props */
export function Icon({ name, class: more = "" }) {
  return html`<svg class=${`icon ${more}`} aria-hidden="true" focusable="false">
    <use href=${`${SPRITE}#${name}`} />
  </svg>`;
}

const KINDS = [
  { icon: "image", type: /^image\// },
  { icon: "file-music", type: /^audio\// },
  { icon: "file-video", type: /^video\// },
  { icon: "file-archive", type: /zip|rar|7z|tar|compressed/ },
  { icon: "file-text", type: /^text\/|pdf|word|excel|sheet|powerpoint|presentation|opendocument/ },
];

/** @param {string} type */
export function fileIcon(type) {
  const kind = KINDS.find((one) => one.type.test(type));
  return kind ? kind.icon : "file";
}
