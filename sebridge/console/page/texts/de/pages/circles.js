// What circles.js says, in German.

export default {
  "Add": "Aufnehmen",
  "Address": "Adresse",
  "consumed": "verbraucht",
  "Hour by hour": "Stunde für Stunde",
  "No Plugwise stick is configured.": "Es ist kein Plugwise-Stick eingerichtet.",
  "not available": "nicht erreichbar",
  "produced": "erzeugt",
  "Remove": "Entfernen",
  "Switch off": "Ausschalten",
  "Switch on": "Einschalten",
};
