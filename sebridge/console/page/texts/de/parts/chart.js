// What chart.js says, in German.

export default {
  "Point at the chart, or move through it with the arrow keys.": "Auf das Diagramm zeigen, oder mit den Pfeiltasten hindurchgehen.",
};
