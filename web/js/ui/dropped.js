// @ts-check
/** The files of a drop or a paste, with those inside of folders. */

const JUNK = /^(\.DS_Store|Thumbs\.db|desktop\.ini)$/i;

/**
 * What was dropped has to be taken before the event ends; what is in folders comes later.
 *
 * @param {DataTransfer} carried
 * @returns {Promise<File[]>}
 */
export async function filesOf(carried) {
  const entries = Array.from(carried.items ?? [], (item) => (item.webkitGetAsEntry ? item.webkitGetAsEntry() : null));
  const plain = Array.from(carried.files);
  if (!entries.some((entry) => entry && entry.isDirectory)) return plain;
  const found = await Promise.all(entries.map((entry) => (entry ? within(entry) : [])));
  return found.flat();
}

/** @param {File[]} files those that a system leaves in every folder are nobody's */
export const worthwhile = (files) => files.filter((file) => !JUNK.test(file.name));

/** @param {any} entry @returns {Promise<File[]>} */
async function within(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    // Of a drop the file itself does not say where it lay.
    if (file) file.folder = entry.fullPath.split("/").slice(1, -1).join("/");
    return file ? worthwhile([file]) : [];
  }
  const reader = entry.createReader();
  /** @type {File[]} */
  let found = [];
  // A reader gives a hundred at a time, and nothing at the end.
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return found;
    for (const one of some) found = found.concat(await within(one));
  }
}

/**
 * Pasted pictures are all called "image.png": the moment tells them apart.
 *
 * @param {File[]} files
 * @param {string} name
 */
export function named(files, name) {
  return files.map((file, number) => {
    const ending = /^image(\.\w+)$/.exec(file.name);
    if (!ending) return file;
    const more = number ? ` (${number + 1})` : "";
    return new File([file], `${name}${more}${ending[1]}`, { type: file.type, lastModified: file.lastModified });
  });
}
