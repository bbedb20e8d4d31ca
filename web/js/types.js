// @ts-check
/**
 * What travels, as `http.md` and `protocol.md` name it. Types alone: this module does nothing.
 *
 * @typedef {"administrator" | "cliente" | "usuario" | "guest"} Role
 * @typedef {{id: string, name: string}} Person
 * @typedef {{id: string, username: string, name: string, role: Role, may?: string[], language?: string}} Me
 * @typedef {{id: string, username: string, name: string, role: Role, disabled: boolean, created: number,
 *   has_password: boolean, link_expires?: number | null, reset_link?: string}} User
 * @typedef {{files: number, bytes: number, messages: number, posts: number, rooms: number}} Since
 * @typedef {{generation: number, saved_at: number, note: string} | null} Stable
 * @typedef {{free: number, total: number}} Storage
 * @typedef {{name: string, version: string, claimed: boolean, epoch: string, registration: string,
 *   tls: boolean, demo?: boolean, guests?: boolean, uploads: {max_bytes: number}, stable?: Stable, since_stable?: Since,
 *   disk?: "ok" | "low" | "full", storage?: Storage, reset_in?: number | null, retention_days?: number,
 *   previous?: {sessions: number, files: number, messages: number}, machine?: Machine}} Status
 * @typedef {{why: string, version: string}} Verdict
 * @typedef {{can: boolean, stage: "idle" | "receiving" | "checking" | "withdrawing", done: number, total: number,
 *   version: string, image: string, trial: boolean, waiting: string | null, rolled_back: Verdict | null,
 *   refused: Verdict | null, stays: boolean}} Update
 * @typedef {{can: string[], warnings: string[], coming: {action: "restart" | "off", seconds: number} | null}} Machine
 * @typedef {{generation: number, saved_at: number | null, by: string, note: string, kind: string,
 *   files: number, bytes: number, messages: number, rooms: number, lost: number, ok: boolean,
 *   automatic?: boolean, only?: Only | null, left_out?: Person[]}} Generation
 * @typedef {{kinds: string[], rooms: number, files: number, kept: boolean, base: number | null, left_out?: string[]}} Only
 * @typedef {{task: string, what: string, stage: string, done: number, total: number, finished: boolean,
 *   number: number | null}} Progress
 * @typedef {{added: number, changed: number, removed: number, bytes: number, hidden: number}} Sum
 * @typedef {{kind: string, change: "added" | "changed" | "removed", id: string, name?: string, excerpt?: string,
 *   room?: string, room_name?: string, room_kind?: string, seq?: number, owner?: Person, role?: string, bytes?: number,
 *   messages?: Sum, members?: Sum, at: number}} ChangedItem
 * @typedef {{summary: {files: Sum, messages: Sum, rooms: Sum, members: Sum}, items: ChangedItem[],
 *   next: string | null}} Changes
 * @typedef {{files: number, messages: number, rooms: number, new_bytes: number, database_bytes: number,
 *   free_bytes: number, seconds: number, flagged: Person[], flagged_count: number,
 *   left_out?: Person[], left_out_count?: number}} Estimate
 * @typedef {{epoch: string, ended_at: number | null, expires_in_seconds: number, files: number, bytes: number,
 *   messages: number, rooms: number, damaged: boolean}} EarlierSession
 * @typedef {{sessions: EarlierSession[], keeps_hours: number, erases_at_boot: boolean}} EarlierSessions
 * @typedef {{sha256: string, found_at: number, files: Person[]}} DamagedBody
 * @typedef {{checked_at: number | null, share: number, running: boolean, damaged: DamagedBody[], free_bytes: number,
 *   total_bytes: number, card: {device: string, name: string, kind: string, worn_percent: number | null,
 *   spare: string} | null}} StoreReport
 * @typedef {{box: string, name: string, signer: "own" | "known" | "unknown", made_at: number, saved_at: number,
 *   note: string, passwords: boolean, lost: number, counts: {files: number, bytes: number, messages: number,
 *   rooms: number, accounts: number}}} Archive
 * @typedef {{stage: string, done: number, total: number, archive: Archive | null,
 *   problem: {code: string, params: Record<string, string | number>} | null, result: {files: number, bytes: number,
 *   messages: number, rooms: number, lost: number, left_out: number, people: number, strangers: number} | null,
 *   kept?: boolean}} Import
 * @typedef {{id: string, name?: string | null, size?: number, type?: string, owner?: Person, created?: number, room?: string,
 *   room_name?: string, sender?: Person, ts?: number, body?: string, kind?: string, open?: boolean, here?: boolean,
 *   changed?: boolean, messages?: number, files?: number, bytes?: number}} LostThing
 * @typedef {{passed: {generation: number | null, flaw: string}[], lost: number,
 *   recovered_box: number | null}} Trouble
 * @typedef {{current: number | null, generations: Generation[], trouble: Trouble | null}} Generations
 * @typedef {{hostname: string, mdns: string | null, port: number, tls: boolean, gateway: string | null,
 *   addresses: string[], urls: string[], https: Https | null}} Network
 * @typedef {{port: number, urls: string[], fingerprint: string | null}} Https
 * @typedef {{id: string, kind: string, created: number, seen: number, client: string, address: string,
 *   current: boolean}} LiveSession
 *
 * @typedef {{id: string, name: string, size: number, type: string, state: FileState, scan: ScanState,
 *   reasons?: Reason[], public_url?: string | null, owner: Person, created: number, sha256?: string, keep?: boolean,
 *   description?: string, folder?: string, thumbnail?: boolean, stable?: boolean, here?: boolean}} FileEntry
 * @typedef {{code: string, params: Record<string, string | number>}} Reason
 * @typedef {{waiting: number, pending: number, flagged: number, release: "open" | "strict",
 *   antivirus: {on: boolean, answers: boolean, version: string | null,
 *   signatures_at: number | null}}} ReviewState
 * @typedef {"receiving" | "quarantined" | "released" | "rejected"} FileState
 * @typedef {"pending" | "clean" | "flagged" | "unscanned"} ScanState
 * @typedef {{id: string, name: string, type: string, size: number, state?: string, scan?: string,
 *   width?: number, height?: number}} Attachment
 *
 * @typedef {{id: string, kind: string, name: string, head: number, read: number, unread: number,
 *   role: string, members?: number, code?: string | null, password?: boolean, archived?: boolean,
 *   announcement?: boolean, ephemeral?: boolean, everyone?: boolean, peer?: Person, mentions?: number, slow?: number,
 *   e2e?: boolean, muted?: boolean, muted_until?: number}} Room
 * @typedef {Person & {role: string, username?: string, here?: boolean, guest?: boolean, muted_until?: number,
 *   delivered?: number, read?: number}} Member
 * @typedef {{emoji: string, users: string[]}} Reacted
 * @typedef {{id: string, seq: number, from: Person, cid: string, ts: number, body: string, ev?: number,
 *   reply_to?: number, restored?: boolean, edited?: number, deleted?: number, files?: Attachment[],
 *   mentions?: string[], reactions?: Reacted[]}} Message
 * @typedef {"pending" | "sending" | "failed"} OutState
 * @typedef {{cid: string, room: string, body: string, files: Attachment[], ts: number, state: OutState,
 *   code: string, reply_to?: number}} Outgoing
 *
 * @typedef {{type: string, [field: string]: any}} Frame
 */
export {};
