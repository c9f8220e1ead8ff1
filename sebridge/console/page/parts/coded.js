// What the bridge and the page say of names and commands: as they are written into files and lines.

import { html } from "../vendor/preact.js";

/** Return a text in which what stands between backticks looks like code. */
export const coded = (text) => text?.split("`").map((part, place) => (place % 2 ? html`<code>${part}</code>` : part));
