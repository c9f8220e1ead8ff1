// What home.js says, in German.

export default {
  "Network": "Netz",
  "on the network": "im Netz",
  "no network": "kein Netz",
  "Channel": "Kanal",
  "Radio": "Funkstick",
  "Devices": "Geräte",
  "{active} of {known} active": "{active} von {known} aktiv",
  "Joining": "Beitritt",
  "open until {time}": "offen bis {time}",
  "closed": "geschlossen",
  "Broker": "Broker",
  "connected": "verbunden",
  "away": "nicht erreichbar",
  "Running since": "Läuft seit",
  "The database cannot be written.": "Die Datenbank kann nicht geschrieben werden.",
  "taken in": "bezogen",
  "sent back": "eingespeist",
  "No meter has joined yet.": "Noch kein Zähler ist beigetreten.",
  "Add a device": "Gerät hinzufügen",
};
