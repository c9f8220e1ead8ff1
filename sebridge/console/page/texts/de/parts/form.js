// What form.js says, in German.

export default {
  "Send": "Senden",
  "needs the scope {scope}": "braucht das Recht {scope}",
};
