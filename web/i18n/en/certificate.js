// @ts-check
/** Words of the page about the certificate. */
export default {
  "certificate.title": "Open the box over https",
  "certificate.back": "Back",
  "certificate.text":
    "Over https nobody on the network can read what you write, and the browser allows the microphone and notifications. The box signs its own certificate: each device has to get to know it once.",
  "certificate.none": "This box speaks http alone. Whoever administers it can change that in its settings (tls = optional).",
  "certificate.brought": "The certificate of this box was put there by whoever administers it: there is nothing to install.",
  "certificate.get": "Download the certificate of the box",
  "certificate.get_text": "It is a small file, pichat.crt. On an iPhone or iPad do it with Safari.",
  "certificate.download": "Download pichat.crt",
  "certificate.compare": "Compare its fingerprint",
  "certificate.compare_text":
    "The same fingerprint (SHA-256) is on the screen of the box, in the file CODIGO.txt of its card while nobody has claimed it, or in the window where it was started. If they differ, do not install it.",
  "certificate.install": "Install it",
  "certificate.android.title": "Android",
  "certificate.android.text":
    "Settings → Security and privacy → More security settings → Encryption and credentials → Install a certificate → CA certificate → Install anyway, and choose pichat.crt. The names differ a little between phones: search the settings for “certificate”.",
  "certificate.ios.title": "iPhone and iPad",
  "certificate.ios.text":
    "Settings → Profile Downloaded → Install. Then Settings → General → About → Certificate Trust Settings, and switch PiChat's on.",
  "certificate.windows.title": "Windows (Chrome and Edge)",
  "certificate.windows.text":
    "Open pichat.crt → Install Certificate → Current User → Place all certificates in the following store → Browse → Trusted Root Certification Authorities. Close the browser and open it again.",
  "certificate.macos.title": "Mac (Safari and Chrome)",
  "certificate.macos.text":
    "Open pichat.crt and add it to the keychain “login”. In Keychain Access open it with a double click, unfold “Trust” and choose “Always Trust”.",
  "certificate.firefox.title": "Firefox, on any computer",
  "certificate.firefox.text":
    "Settings → Privacy & Security → Certificates → View Certificates → Authorities → Import, choose pichat.crt and tick “Trust this CA to identify websites”.",
  "certificate.linux.title": "Linux (Chrome and Chromium)",
  "certificate.linux.text":
    "Open chrome://certificate-manager → Local certificates → Custom → Trusted Certificates → Import, and choose pichat.crt.",
  "certificate.open": "Open the box",
  "certificate.open_text": "You sign in apart over https: type your user name and password again.",
  "certificate.questions": "Questions",
  "certificate.skip.title": "What if I do not install it?",
  "certificate.skip.text":
    "The browser warns that it does not know the box. You can go on (“Advanced”): what you write is encrypted, but the browser cannot know whether it is your box that answers.",
  "certificate.limits.title": "Can the box pretend to be another site?",
  "certificate.limits.text":
    "No. Its certificate is good for names and addresses of local networks alone: with it nobody can be your bank or any page on the internet.",
  "certificate.new.title": "When does it have to be done again?",
  "certificate.new.text":
    "Only when somebody takes the box back to how it came from the factory, or the data part of its card is replaced. Restarting, going back to what is stable and changing addresses leave it alone.",
};
