// What events.js says, in German.

export default {
  "Prices": "Preise", "Load control": "Laststeuerung", "Messages": "Nachrichten",
  "New": "Neu", "Tariff by time of use": "Tarif nach Tageszeit", "All events": "Alle Ereignisse",
  "in force": "gilt", "scheduled": "geplant", "past": "vorbei", "cancelled": "zurückgenommen",
  "Cancel": "Zurücknehmen", "Cancel all": "Alle zurücknehmen",
  "Take this back? Devices are told.": "Zurücknehmen? Die Geräte erfahren es.",
  "Take all prices back? Displays are not told: they keep theirs until they end.":
    "Alle Preise zurücknehmen? Displays erfahren es nicht: sie behalten ihre bis zu deren Ende.",
  "Nothing is in force or to come.": "Nichts gilt oder kommt.",
  "until another comes": "bis anderes kommt", "until {time}": "bis {time}",
  "tier {value}": "Stufe {value}", "all devices": "alle Geräte", "criticality {value}": "Dringlichkeit {value}",
  "duty cycle {value} %": "Einschaltdauer {value} %", "load {value} %": "Last {value} %",
  "cool to {value} °C": "kühlen auf {value} °C", "heat to {value} °C": "heizen auf {value} °C",
  "at random": "zufällig verteilt", "to be confirmed": "zu bestätigen",
  "Heard from {count} of {all} devices": "Von {count} der {all} Geräte gehört", "nothing heard": "nichts gehört",
  "Show all {count}": "Alle {count} zeigen",
};
