// @ts-check
/** Addresses of pages, both ways. Must not touch the browser. */

/** @typedef {{page: string, room?: string, section?: string, item?: string}} Route */

const PLAIN = new Map([
  ["", "home"],
  ["inicio", "home"],
  ["login", "sign_in"],
  ["register", "register"],
  ["reset", "new_password"],
  ["claim", "claim"],
  ["files", "files"],
  ["entrar", "enter"],
  ["enter", "enter"],
  ["help", "help"],
  ["certificate", "certificate"],
  ["profile", "profile"],
]);

/**
 * @param {string} pathname
 * @returns {Route}
 */
export function parse(pathname) {
  const [head, ...rest] = pathname.split("/").filter(Boolean).map(decoded);
  if (head === "chat" && rest.length < 2) return { page: "chat", room: rest[0] };
  if (head === "chat" && rest.length === 2 && rest[1] === "card") return { page: "card", room: rest[0] };
  if (head === "admin" && rest.length < 3) return { page: "admin", section: rest[0], item: rest[1] };
  const page = rest.length === 0 ? PLAIN.get(head ?? "") : undefined;
  return { page: page ?? "not_found" };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param {string} room */
export const chatPath = (room) => `/chat/${encodeURIComponent(room)}`;

/** The sheet for the table. @param {string} room */
export const cardPath = (room) => `${chatPath(room)}/card`;

/**
 * Where to go after signing in: only a page of ours, never another site.
 *
 * @param {string} search
 */
export function afterSignIn(search) {
  const next = new URLSearchParams(search).get("next") ?? "";
  // Browsers drop tabs and line ends of an address, and read \ as /: none of them is in one of ours.
  const ours = /^\/(?!\/)[^\\\s]*$/.test(next) && !next.startsWith("/login");
  return ours ? next : "/inicio";
}
