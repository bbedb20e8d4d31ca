// @ts-check
/** Words for erasing for good. */
export default {
  "erase.ask_file": "Erase this file for good?",
  "erase.ask_message": "Erase this message for good?",
  "erase.ask_room": "Erase this room for good?",
  "erase.means_file": "This file is erased, and every other one of exactly the same bytes, whatever its name.",
  "erase.means_message": "Its words are erased. Its place in the conversation stays, empty.",
  "erase.means_room": "The room is erased with all its messages and files, and nobody enters it again.",
  "erase.means":
    "Other than a plain deletion, a restart does not bring it back, nor does bringing back a session, nor an imported copy. It cannot be undone.",
  "erase.with_files": "With its files",
  "erase.with_files_hint": "And the others of the same bytes.",
  "erase.saved": "Also out of what was saved",
  "erase.saved_hint":
    "The saves that hold it are made anew without it and get other numbers. Otherwise nobody sees it again, but its bytes stay in them.",
  "erase.traces":
    "A memory card may keep traces where no program reaches. Copies that somebody downloaded stay theirs.",
  "erase.sure": "There is no way back. Sure?",
  "erase.deed": "Erase for good…",
  "erase.yes": "Yes, erase for good",
  "erase.done": "Erased for good",
  "erase.still_in": "Its bytes are still in saves {numbers}. Nobody sees them, and they go with those.",
  "erase.damaged.one": "1 damaged session could not be looked through. Erase it whole if it may be in there.",
  "erase.damaged.other": "{n} damaged sessions could not be looked through. Erase them whole if it may be in there.",
  "erase.damaged_link": "Go to them",
};
