// @ts-check
/** Words for after a reset. */
export default {
  "reset.title": "The box is back at what was saved",
  "reset.lost": "What was not saved is here no more: {what}.",
  "reset.lost_some": "Messages and files that were not saved are here no more. Your account is still here.",
  "reset.lost_nothing": "Nothing was lost: all of it was saved.",
  "reset.uploads.one": "1 file that was uploading was interrupted. Choose it again if it is still needed.",
  "reset.uploads.other": "{n} files that were uploading were interrupted. Choose them again if they are still needed.",
  "reset.unsent.one": "1 message of yours was not sent",
  "reset.unsent.other": "{n} messages of yours were not sent",
  "reset.unsent_hint": "They are not sent by themselves. Copy them if you want to send them again.",
  "reset.go_on": "Go on",
  "reset.call_off": "Call it off",
  "reset.left": "What was not saved waits: {what}.",
  "reset.left_link": "Bring back or erase",
  "reset.left_later": "Later",
  "reset.interrupted": "What was interrupted and not saved waits: an administrator decides whether it comes back.",
  "reset.traces":
    "PiChat will not show it again. A memory card may keep traces where no program reaches; if it was very delicate, destroy the card.",
  "error.conflict.not_counting": "It cannot be called off any more: the box is going back.",
};
