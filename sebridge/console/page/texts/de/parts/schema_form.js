// What schema_form.js says, in German.

export default {
  "More": "Mehr",
  "default: {value}": "Vorgabe: {value}",
  "not given": "nicht angegeben",
  "yes": "ja",
  "no": "nein",
  "must be given": "muss angegeben werden",
};
