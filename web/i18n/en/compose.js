// @ts-check
/** Words of writing: mentions, attachments, voice notes. */
export default {
  "compose.calls": "People you can name",
};
