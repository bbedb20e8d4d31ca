// @ts-check
/** Folders that were brought whole: they are the words `fotos/2024` of each file, and nothing else. No DOM. */

/** @typedef {import("../types.js").FileEntry} FileEntry */

/**
 * Where a file lay in the folder that was chosen or dropped: `fotos/2024`.
 *
 * @param {any} file
 * @returns {string}
 */
export function folderOf(file) {
  return file.folder ?? (file.webkitRelativePath || "").split("/").slice(0, -1).join("/");
}

/** Whether it lies in this folder, or in one inside of it. @param {FileEntry} file @param {string} folder */
export function lies(file, folder) {
  return !folder || file.folder === folder || (file.folder ?? "").startsWith(`${folder}/`);
}

/**
 * The folders right inside of one, as far as the files that were read tell.
 *
 * @param {FileEntry[]} items
 * @param {string} folder
 * @returns {{path: string, name: string, count: number}[]}
 */
export function foldersIn(items, folder) {
  const depth = folder ? folder.split("/").length : 0;
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const item of items) {
    const parts = (item.folder || "").split("/").filter(Boolean);
    if (parts.length <= depth || !lies(item, folder)) continue;
    const path = parts.slice(0, depth + 1).join("/");
    counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  const found = Array.from(counts, ([path, count]) => ({ path, name: path.split("/").slice(-1)[0], count }));
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** @param {string} folder */
export const folderPath = (folder) => (folder ? `/files?folder=${encodeURIComponent(folder)}` : "/files");
