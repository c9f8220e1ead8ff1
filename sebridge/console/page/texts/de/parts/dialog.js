// What dialog.js says, in German.

export default {
  "Close": "Schließen",
};
