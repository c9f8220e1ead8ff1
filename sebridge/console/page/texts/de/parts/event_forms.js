// What event_forms.js says, in German.

export default {
  "New price": "Neuer Preis", "New load control": "Neue Laststeuerung", "New message": "Neue Nachricht",
  "Create": "Anlegen", "created; devices that have it: {count}": "angelegt; Geräte, die es haben: {count}",
  "Start": "Beginn", "Duration (minutes)": "Dauer (Minuten)",
  "Nothing: at once. In the house it is {now}.": "Nichts: sofort. Im Haus ist es {now}.",
  "Nothing: until another comes": "Nichts: bis ein anderes kommt", "At most a day: 1440": "Höchstens ein Tag: 1440",
  "Price": "Preis", "Currency": "Währung", "Per": "Je", "Label": "Bezeichnung", "Tier": "Stufe",
  "What displays call it": "Wie Displays es nennen", "1 is the cheapest": "1 ist die billigste",
  "For which devices": "Für welche Geräte", "None ticked: all of them.": "Keine angekreuzt: alle.",
  "Criticality": "Dringlichkeit",
  "Up to 6 users may decline; 7 emergency, 8 planned outage, 9 disconnect":
    "Bis 6 dürfen Benutzer ablehnen; 7 Notfall, 8 geplante Abschaltung, 9 Abklemmen",
  "Duty cycle (%)": "Einschaltdauer (%)", "Change of load (%)": "Änderung der Last (%)",
  "Cool to (°C)": "Kühlen auf (°C)", "Heat to (°C)": "Heizen auf (°C)",
  "Each begins at a random moment": "Jedes beginnt zu zufälliger Zeit", "Each ends at a random moment": "Jedes endet zu zufälliger Zeit",
  "Text": "Text", "Importance": "Wichtigkeit", "low": "niedrig", "medium": "mittel", "high": "hoch", "critical": "kritisch",
  "The user is to confirm it": "Der Benutzer soll sie bestätigen",
  "Air conditioning, furnace": "Klimaanlage, Heizkessel", "Electric heater": "Elektroheizung", "Water heater": "Warmwasser",
  "Pool pump, spa": "Pool, Whirlpool", "Smart appliance": "Hausgerät", "Irrigation pump": "Bewässerung",
  "Commercial load": "Gewerbe", "Other load": "Sonstige Last", "Exterior lighting": "Außenlicht", "Interior lighting": "Innenlicht",
  "Electric vehicle": "Elektroauto", "Generation": "Erzeugung",
};
