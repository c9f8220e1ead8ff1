// What action.js says, in German.

export default {
  "needs the scope {scope}": "braucht das Recht {scope}",
};
