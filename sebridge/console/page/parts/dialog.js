// A dialog over the page, which the browser makes: Escape closes it, and the focus stays within.

import { html, useEffect, useRef } from "../vendor/preact.js";
import { translated } from "../language.js";
import { Icon } from "./icon.js";

const t = await translated("parts/dialog");

/** A dialog with a title; `onClose` is called when it is closed in whatever way. */
export function Dialog({ title, onClose, children }) {
  const element = useRef(null);
  useEffect(() => {
    element.current.showModal();
  }, []);
  return html`<dialog ref=${element} onClose=${onClose} aria-label=${title}>
    <div class="title"><h2>${title}</h2>
      <button class="plain" aria-label=${t("Close")} onClick=${() => element.current.close()}><${Icon} name="close" /></button>
    </div>
    ${children}
  </dialog>`;
}
