// @ts-check
/** Words of writing: mentions, attachments, voice notes. */
export default {
  "compose.calls": "People you can name",
  "compose.calls_found.one": "1 person: Enter names them",
  "compose.calls_found.other": "{n} people: arrows choose, Enter names",
  "compose.drop": "Drop the files for {room}",
  "compose.pasted": "Pasted {date}",
  "compose.files": "Files of your message",
  "compose.ready": "Ready",
  "compose.too_many": "A message takes {n} files at most. Send the others in another one.",
  "compose.voice": "Record a voice note",
  "compose.voice_file": "Record or choose a sound with this device",
  "compose.voice_on": "Recording",
  "compose.voice_cancel": "Delete the recording",
  "compose.voice_send": "Send the voice note",
  "compose.voice_name": "Voice note, {date}",
  "compose.voice_denied": "The browser does not lend the microphone. Allow it in its permissions and try again.",
  "compose.voice_lost": "The recording could not be kept. Record it again.",
};
