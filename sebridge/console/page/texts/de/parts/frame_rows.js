// What frame_rows.js says, in German.

export default {
  "Frames": "Rahmen",
  "time": "Zeit",
  "way": "Weg",
  "device": "Gerät",
  "command": "Befehl",
  "in": "ein",
  "out": "aus",
  "encrypted": "verschlüsselt",
  "not delivered": "nicht zugestellt",
};
