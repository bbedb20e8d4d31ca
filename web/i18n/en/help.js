// @ts-check
/** Words of the help page. */
export default {
  "help.title": "Help",
  "help.to_sign_in": "Back to signing in",
  "help.connect": "The others cannot connect",
  "help.network.title": "Are they on the same network?",
  "help.network.text":
    "The box can only be seen from the network that it is connected to. See that the phone is on that same Wi-Fi.",
  "help.address.title": "Is this the address?",
  "help.address.text":
    "“localhost” and “127.0.0.1” mean “this very device” and do not work from another one. Type the address above, with http:// in front and, if it has them, the digits after the colon.",
  "help.mobile.title": "Switch mobile data off",
  "help.mobile.text":
    "This Wi-Fi may have no internet, so a phone sometimes prefers its mobile data and does not find the box. Switch it off for a while, or say yes when it asks whether to stay on this network.",
  "help.isolation.title": "Is it a guest Wi-Fi?",
  "help.isolation.text":
    "Many routers keep devices on a guest network from seeing one another. Use the normal network, or switch “client isolation” off in the router.",
  "help.vpn.title": "Is there a VPN, or a browser that saves data?",
  "help.vpn.text": "They send pages through the internet and do not reach the box. Switch them off while you use it.",
  "help.firewall.title": "The firewall of the computer that runs the box",
  "help.firewall.text":
    "If PiChat runs on a computer with a firewall, its port must be allowed. On Debian or Raspberry Pi OS with ufw: sudo ufw allow {port}/tcp",
  "help.restart": "What a restart does",
  "help.restart_text":
    "The box is made to be switched off without fear. Each time it starts, it goes back to what was saved as stable.",
  "help.goes": "Goes back",
  "help.goes_list":
    "Messages, rooms and files: what was brought after saving goes, and what was deleted or changed after saving returns.",
  "help.stays": "Always stays",
  "help.stays_list": "Accounts, passwords, settings, and what whoever runs the box decided for good.",
  "help.restart_advice": "If something matters to you, ask for it to be saved as stable, or download it before.",
  "help.restart_link": "Save now, or see what is saved",
  "help.questions": "Other questions",
  "help.state.title": "What does “Not reviewed” mean?",
  "help.state.text":
    "That the file arrived whole but nobody has looked at it. You can download it if you know who uploaded it. Files that are held back cannot be downloaded.",
  "help.password.title": "I forgot my password",
  "help.password.text":
    "There is no mail here. Ask whoever runs the box for a link or a QR code to choose another one: it works once.",
  "help.sent.title": "What do the marks on my messages mean?",
  "help.sent.text":
    "A clock: it is on its way, or waits for the connection to come back. A tick: the box has it. If it cannot be sent it says so and lets you send it again.",
  "help.http.title": "The browser says “not secure”",
  "help.http.text":
    "The box speaks http inside your network, without going through the internet. Somebody on the same network could look at what travels: do not use a password here that you use elsewhere.",
  "help.http_link": "How to open this box over https, without that notice",
  "help.programs": "From a program",
  "help.programs_text":
    "Everything that this page does can be done by a program. With curl, in a terminal on the same network:",
  "help.curl_token": "sign in and keep the pass",
  "help.curl_upload": "upload a file",
  "help.curl_list": "see the list",
  "help.curl_download": "download one (put its id in place of ID)",
  "help.curl_status": "how the box is",
  "help.cut.title": "The power went: is today lost?",
  "help.cut.text":
    "Not yet. What was not saved waits until whoever looks after the box brings it back or erases it. It waits for some running time (24 hours unless somebody changed it), and may go sooner when space is short. On boxes that erase at every start, as in a classroom, nothing waits.",
  "help.keep.title": "How do I get a file to stay?",
  "help.keep.text":
    "If you uploaded it, open it under Files, press “Change” and tick “To be kept”. Administrators see it in a list and say yes or no, and what has a yes can be saved as stable.",
  "help.forever.title": "What is the difference between deleting and erasing for good?",
  "help.forever.text":
    "What is plainly deleted comes back at a restart if it was saved. What an administrator erases for good never comes back. Even so nobody can promise that no trace is left on the memory card, or with whoever downloaded it.",
  "help.stable": "Saving and going back, for administrators",
  "help.stable.save.title": "Saving everything, or a part",
  "help.stable.save.text":
    "Under “Stable state” you see what would be undone, and save everything or choose: by kind, whole rooms, single files, or those approved to be kept. Before, it says how much space and time it takes. What looks dangerous does not go in without a second yes.",
  "help.stable.saves.title": "Several saves",
  "help.stable.saves.text":
    "The last five made by hand are kept, and two automatic ones. You can compare them, check every byte, choose another one to go back to, or delete them. If the chosen one is damaged, the box starts with the next older good one and says so.",
  "help.stable.alone.title": "What the box does by itself",
  "help.stable.alone.text":
    "Under “Saving by itself and forgetting” you choose whether it saves now and then, how long messages stay in each room, and what happens after a power cut: how long what was not saved waits, or that every start erases it.",
  "help.stable.reset.title": "Going back now",
  "help.stable.reset.text":
    "It does what a restart does and erases what is not saved. You can give people some minutes: everyone sees the countdown, and any administrator can call it off.",
  "help.stable.copy.title": "A copy outside of the box",
  "help.stable.copy.text":
    "Download a copy now and then or, on boxes that offer it, export it to a USB stick plugged into the box: wait until you read that you can pull it out. If the card dies, the box can be rebuilt from it (pichat import --rebuild in its terminal), or what it held goes to another one (“Bring a copy in”). Passwords go along only if you tick it.",
  "help.stable.health.title": "When a file gets damaged",
  "help.stable.health.text":
    "The box reads again what it keeps, bit by bit, and tells you by name. It heals when exactly the same file is uploaded again.",
};
