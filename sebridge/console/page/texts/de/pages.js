// What pages.js says, in German.

export default {
  "Home": "Zuhause",
  "Devices": "Geräte",
  "Events": "Ereignisse",
  "Circles": "Circles",
  "Console": "Konsole",
  "Frames": "Funk",
  "Simulator": "Simulator",
  "Settings": "Einstellungen",
};
