// What link.js says, in German.

export default {
  "the bridge is away": "die Bridge ist nicht erreichbar",
  "no answer came in time": "es kam rechtzeitig keine Antwort",
  "the connection to the bridge ended; nobody knows whether it was done":
    "die Verbindung zur Bridge endete; ob es getan wurde, weiß niemand",
};
