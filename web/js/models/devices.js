// @ts-check
/** What kind of device a session is on, from what its browser calls itself. A guess, for people. Pure. */

const SYSTEMS = [
  { name: "Android", mark: /Android/ },
  { name: "iPhone", mark: /iPhone/ },
  { name: "iPad", mark: /iPad/ },
  { name: "Windows", mark: /Windows/ },
  { name: "Mac", mark: /Mac OS X|Macintosh/ },
  { name: "Linux", mark: /Linux|X11/ },
];
// In this order: Chrome names Safari too, and Edge names both.
const BROWSERS = [
  { name: "Edge", mark: /Edg/ },
  { name: "Samsung Internet", mark: /SamsungBrowser/ },
  { name: "Opera", mark: /OPR\// },
  { name: "Firefox", mark: /Firefox|FxiOS/ },
  { name: "Chrome", mark: /Chrom(e|ium)|CriOS/ },
  { name: "Safari", mark: /Safari/ },
  { name: "curl", mark: /^curl/ },
];

/**
 * @param {string} client
 * @returns {{name: string, phone: boolean}} the name is empty when nothing is known
 */
export function device(client) {
  const system = SYSTEMS.find((one) => one.mark.test(client))?.name ?? "";
  const browser = BROWSERS.find((one) => one.mark.test(client))?.name ?? "";
  const name = [browser, system].filter(Boolean).join(" · ") || client.slice(0, 40);
  return { name, phone: /Android|iPhone|iPad|Mobile/.test(client) };
}
