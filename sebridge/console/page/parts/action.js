// A button for something that takes a while and may fail.

import { html, useState } from "../vendor/preact.js";
import { may } from "../hooks.js";
import { translated } from "../language.js";
import { complain, tell } from "./notices.js";

const t = await translated("parts/action");

/**
 * Does `run`, an asynchronous function, when it is pressed; is busy meanwhile, and says `done` or why
 * it failed. `scope` is what it takes; `sure` is a question that comes before.
 */
export function Action({ run, done, scope = "read", sure, disabled, class: style = "", children, ...more }) {
  const [isBusy, busy] = useState(false);
  const isAllowed = may(scope);
  const press = async () => {
    if (sure && !confirm(sure)) return;
    busy(true);
    try {
      await run();
      if (done) tell(done);
    } catch (error) {
      complain(error);
    } finally {
      busy(false);
    }
  };
  return html`<button type="button" class=${style} aria-busy=${isBusy} disabled=${disabled || isBusy || !isAllowed}
    title=${isAllowed ? undefined : t("needs the scope {scope}", { scope })} onClick=${press} ...${more}>${children}</button>`;
}
