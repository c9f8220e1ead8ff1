// What join_wizard.js says, in German.

export default {
  "Let a device in": "Ein Gerät hereinlassen",
  "What stands on the label, or in its QR code": "Was auf dem Etikett steht, oder im QR-Code",
  "Paste it as it is: address and installation code are looked for.":
    "So einfügen, wie es ist: Adresse und Installationscode werden gesucht.",
  "Address (EUI-64, MAC)": "Adresse (EUI-64, MAC)",
  "16 hex digits, with any delimiters": "16 Hexziffern, mit beliebigen Trennzeichen",
  "Installation code": "Installationscode",
  "16, 20, 28 or 36 hex digits; a digit that is wrong is noticed":
    "16, 20, 28 oder 36 Hexziffern; eine falsche Ziffer fällt auf",
  "Link key instead": "Stattdessen Link Key",
  "32 hex digits; only for devices that come without a code": "32 Hexziffern; nur für Geräte ohne Code",
  "Minutes": "Minuten",
  "Open the network": "Netz öffnen",
  "Now press what the device's manual says, or give it power.":
    "Jetzt am Gerät drücken, was seine Anleitung sagt, oder es einschalten.",
  "The network is open for {seconds} s more.": "Das Netz ist noch {seconds} s offen.",
  "The network is closed again. Nothing came: is the device near enough, on the same channel, and reset to join?":
    "Das Netz ist wieder zu. Nichts kam: Ist das Gerät nah genug, auf dem gleichen Kanal, und zurückgesetzt?",
  "Close the network": "Netz schließen",
  "Another device": "Noch ein Gerät",
  "Show it": "Zeigen",
  "waits for the device": "wartet auf das Gerät",
  "is on the network": "ist im Netz",
  "told what it has": "hat gesagt, was es hat",
  "is ready": "ist bereit",
  "failed": "gescheitert",
  "left again": "ist wieder gegangen",
};
