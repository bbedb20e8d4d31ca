// @ts-check
/** Words of writing: mentions, attachments, voice notes. */
export default {
  "compose.calls": "People you can name",
  "compose.calls_found.one": "1 person: Enter names them",
  "compose.calls_found.other": "{n} people: arrows choose, Enter names",
};
