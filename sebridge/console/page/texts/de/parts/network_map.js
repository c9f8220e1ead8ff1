// What network_map.js says, in German.

export default {
  "Network map": "Netzkarte",
  "Draw it": "Zeichnen", "Draw it anew": "Neu zeichnen",
  "Every router is asked whom it hears, one by one; that may take a minute.":
    "Jeder Router wird gefragt, wen er hört, einer nach dem anderen; das kann eine Minute dauern.",
  "{devices} devices and {links} links; the table below says the same.":
    "{devices} Geräte und {links} Verbindungen; die Tabelle darunter sagt dasselbe.",
  "Device": "Gerät", "Kind": "Art", "Hops": "Sprünge", "Hears": "Hört", "Sends by it to": "Sendet darüber an",
  "coordinator": "Koordinator", "router": "Router", "end device": "Endgerät", "unknown": "unbekannt",
  "nobody tells of it": "niemand nennt es",
  "Did not tell whom they hear:": "Haben nicht gesagt, wen sie hören:",
};
