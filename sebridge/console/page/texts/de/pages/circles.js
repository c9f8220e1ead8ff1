// What circles.js says, in German.

export default {
  "Add a circle": "Circle aufnehmen",
  "Add": "Aufnehmen",
  "Address": "Adresse",
  "consumed": "verbraucht",
  "Hour by hour": "Stunde für Stunde",
  "No hour is logged yet.": "Noch ist keine Stunde aufgezeichnet.",
  "No Plugwise stick is configured (plugwise.path).": "Es ist kein Plugwise-Stick eingerichtet (plugwise.path).",
  "not available": "nicht erreichbar",
  "off": "aus",
  "on": "ein",
  "produced": "erzeugt",
  "Remove": "Entfernen",
  "Switch off": "Ausschalten",
  "Switch on": "Einschalten",
};
