// @ts-check
/** Words of notifications. */
export default {
  "alerts.title": "Notifications",
  "alerts.sound": "A sound when a message comes",
  "alerts.sound_hint": "It sounds when you are not looking at that room, once you have touched the page.",
  "alerts.notes": "Notifications of the system",
  "alerts.notes_hint": "While the page is open and out of sight. The browser asks you first.",
  "alerts.notes_never": "Notifications of the system need the box to be opened over HTTPS. Here the title, the icon and the sound call you.",
  "alerts.notes_denied": "This browser is told not to show notifications of the system. Change it in the permissions of this page.",
  "alerts.receipts": "Tell how far I have read",
  "alerts.receipts_hint": "Without it the others do not see whether their message reached you or was read.",
  "alerts.room_hint": "Each room can be kept quiet from its options.",
};
