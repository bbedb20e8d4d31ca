// @ts-check
/** What somebody may do in a room, as `domain/policy` has it: what the page shows. The box decides. No DOM. */

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Member} Member */
/** @typedef {import("../types.js").Me} Me */
/**
 * @typedef {{moderate: boolean, manage: boolean, invite: boolean, leave: boolean, archive: boolean,
 *   report: boolean}} Powers
 * @typedef {{role: string[], mute: boolean, kick: boolean, ban: boolean, write: boolean}} Over what may be done
 *   about one person; `role`: the roles that may be given
 */

const RANKS = ["none", "member", "moderator", "owner"];

/** @param {Me | null} me @param {Room} room @returns {Powers} */
export function powers(me, room) {
  const direct = room.kind === "direct";
  const guest = me?.role === "guest";
  const administrator = me?.role === "administrator";
  const moderate = !direct && !guest && (administrator || atLeast(room.role, "moderator"));
  const manage = !direct && !guest && (administrator || room.role === "owner");
  return {
    moderate,
    manage,
    invite: moderate && !room.everyone && !room.archived,
    leave: room.role !== "none" && (!room.everyone || guest),
    archive: manage && !room.everyone && !room.ephemeral,
    report: !direct && room.role !== "none",
  };
}

/**
 * What `me` may do about one of the others. An account cannot be taken out of a room that is everybody's.
 *
 * @param {Me | null} me
 * @param {Room} room
 * @param {Member} member
 * @returns {Over}
 */
export function over(me, room, member) {
  const { moderate } = powers(me, room);
  const mine = me?.role === "administrator" && room.kind === "public" ? "owner" : room.role;
  const reaches = moderate && member.id !== me?.id && atLeast(mine, member.role);
  const removable = reaches && (!room.everyone || Boolean(member.guest));
  const roles = member.guest || member.role === "owner" ? [] : ["member", "moderator", "owner"];
  return {
    role: roles.filter((role) => reaches && role !== member.role && atLeast(mine, role)),
    mute: reaches,
    kick: removable,
    ban: removable,
    write: me?.role !== "guest" && !member.guest && member.id !== me?.id && room.kind !== "direct",
  };
}

/** @param {string} role @param {string} other */
const atLeast = (role, other) => RANKS.indexOf(role) >= RANKS.indexOf(other);
