// Stands for a page that is not there yet.

import { html } from "../vendor/preact.js";

export default function Nothing() {
  return html`<p class="empty">…</p>`;
}
