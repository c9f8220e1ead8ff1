// Small drawings, in the colour of the text beside them. Each is one path of lines on 24 by 24.

import { html } from "../vendor/preact.js";

const LINES = {
  home: "M3 11 12 4l9 7M6 9.5V20h12V9.5M10 20v-6h4v6",
  devices: "M4 5h16v11H4zM9 20h6M12 16v4",
  events: "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4M9 14h2M13 14h2M9 17h2",
  circles: "M12 4a8 8 0 1 0 .1 0M9 11v2M15 11v2",
  console: "M4 5h16v14H4zM7 9l3 3-3 3M12 15h5",
  frames: "M5 12a7 7 0 0 1 14 0M8 12a4 4 0 0 1 8 0M12 12v8",
  simulator: "M9 4h6M10 4v5L5 19h14L14 9V4M8 14h8",
  settings: "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4M4 12h3M11 12h9M9 10v4",
  close: "M6 6l12 12M18 6 6 18",
  more: "M9 6l6 6-6 6",
  add: "M12 5v14M5 12h14",
  refresh: "M19 12a7 7 0 1 1-2-5M19 4v4h-4",
  warning: "M12 4 3 20h18zM12 10v4M12 17v.5",
  check: "M5 12l5 5 9-10",
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
};

/** A drawing by its name; it is decoration, so that words must stand beside it. */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${LINES[name] ?? ""} /></svg>`;
}
