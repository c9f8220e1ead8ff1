// A form that is sent to the bridge: what is wrong is said at the field which the bridge names.

import { html, useState } from "../vendor/preact.js";
import { may } from "../hooks.js";
import { translated } from "../language.js";

const t = await translated("parts/form");

/**
 * A form. `send(values)` is asynchronous and gets what was filled in, by the names of the fields;
 * an error is shown in the form. `label` stands on its button, `scope` is what it takes.
 */
export function Form({ send, label = t("Send"), scope = "command", children, class: style = "" }) {
  const [isBusy, busy] = useState(false);
  const [problem, fail] = useState(null);
  const isAllowed = may(scope);
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    busy(true);
    fail(null);
    try {
      await send(Object.fromEntries(new FormData(form)), form);
    } catch (error) {
      fail(error);
      const named = error.data?.parameter;
      const field = named && form.elements.namedItem(named.split(/[.[]/).at(-1));
      field?.focus?.();
    } finally {
      busy(false);
    }
  };
  return html`<form class="form ${style}" onSubmit=${submit} aria-busy=${isBusy}>
    ${children}
    ${problem && html`<p class="problem" role="alert">${problem.message}</p>`}
    <div class="actions">
      <button class="primary" disabled=${isBusy || !isAllowed}
        title=${isAllowed ? undefined : t("needs the scope {scope}", { scope })}>${label}</button>
    </div>
  </form>`;
}

/** A field with its words: `hint` below it; whatever else is given goes to the input. */
export function Field({ label, hint, name, children, ...more }) {
  return html`<label class="field"><span>${label}</span>
    ${children ?? html`<input name=${name} autocomplete="off" ...${more} />`}
    ${hint && html`<small>${hint}</small>`}
  </label>`;
}
