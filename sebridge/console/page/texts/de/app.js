// What app.js says, in German.

export default {
  "Pages": "Seiten",
  "Skip to the content": "Zum Inhalt",
  "connecting": "verbindet sich",
  "online": "online",
  "The bridge is away. This page goes on by itself as soon as it is back.":
    "Die Bridge ist nicht erreichbar. Diese Seite macht von selbst weiter, sobald sie zurück ist.",
  "This page could not be loaded: {why}": "Diese Seite konnte nicht geladen werden: {why}",
  "Loading…": "Lädt …",
  "{count} messages missed": "{count} Meldungen verpasst",
  "Sign out": "Abmelden",
  "Deutsch": "English",
  "may {scope}": "darf {scope}",
  "read": "lesen",
  "command": "steuern",
  "admin": "alles",
};
