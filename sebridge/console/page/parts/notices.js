// Short words about what was just done, or why it was not: they are read out, and go by themselves
// unless something failed.

import { html, useEffect, useState } from "../vendor/preact.js";
import { translated } from "../language.js";
import { Icon } from "./icon.js";

const t = await translated("parts/notices");

const SHOWN = 5_000; // milliseconds
const MOST = 4;

let notices = [];
let last = 0;
let draw = () => undefined;

function take(list) {
  notices = list.slice(-MOST);
  draw(notices);
}

/** Say that something is done. */
export function tell(text) {
  const one = { number: ++last, text, isProblem: false };
  take([...notices, one]);
  setTimeout(() => close(one), SHOWN);
}

/** Say why something failed: a text or an Error. It stays until it is closed. */
export function complain(problem) {
  take([...notices, { number: ++last, text: problem.message ?? String(problem), isProblem: true }]);
}

function close(one) {
  take(notices.filter((other) => other !== one));
}

/** Where notices are shown. */
export function Notices() {
  const [shown, show] = useState(notices);
  useEffect(() => {
    draw = show;
  }, []);
  return html`<div class="notices" role="log" aria-live="polite">
    ${shown.map(
      (one) => html`<div key=${one.number} class="notice ${one.isProblem ? "bad" : "good"}">
        <span>${one.text}</span>
        <button class="plain" aria-label=${t("Close")} onClick=${() => close(one)}><${Icon} name="close" /></button>
      </div>`,
    )}
  </div>`;
}
