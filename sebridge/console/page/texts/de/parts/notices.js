// What notices.js says, in German.

export default {
  "Close": "Schließen",
};
