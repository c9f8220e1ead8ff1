// What tariff.js says, in German.

export default {
  "Night": "Nacht", "Day": "Tag", "Peak": "Spitze",
  "Tiers": "Stufen", "Choose a tier, then paint the hours in which it holds. Prices are per kWh.":
    "Eine Stufe wählen, dann die Stunden malen, in denen sie gilt. Preise sind je kWh.",
  "Arrows move, the space bar paints, Shift with arrows paints on, 1 to 5 choose a tier. A day or hour at the edge is painted as a whole.":
    "Pfeile bewegen, die Leertaste malt, Umschalt mit Pfeilen malt weiter, 1 bis 5 wählen eine Stufe. Tag oder Stunde am Rand wird ganz gemalt.",
  "Paint tier {place}": "Stufe {place} malen", "Label of tier {place}": "Bezeichnung der Stufe {place}", "Price of tier {place}": "Preis der Stufe {place}",
  "The week": "Die Woche",
  "Days from now": "Tage ab jetzt", "Hours are those of this browser": "Stunden sind die dieses Browsers",
  "Make prices": "Preise anlegen", "{done} of {all} prices made": "{done} von {all} Preisen angelegt",
  "{done} of {all} prices made; then the one of {when} was refused: {why}":
    "{done} von {all} Preisen angelegt; dann wurde der von {when} abgelehnt: {why}",
};
