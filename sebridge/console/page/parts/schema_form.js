// A form made of a JSON schema, as methods describe their parameters: what a field holds is the value
// of that name in an object, and left out while the field is empty.

import { html, useState } from "../vendor/preact.js";
import { translated } from "../language.js";

const t = await translated("parts/schema_form");

/** Return a schema itself, where it only says which one of `records` it is. */
export function resolved(schema, records) {
  const name = schema.$ref?.split("/").at(-1);
  return name ? { ...records[name], title: name } : schema;
}

/** Return the fields of an object's schema: `{ name, schema, required }`. */
export function fieldsOf(schema) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, one]) => ({
    name,
    schema: one,
    required: required.has(name),
  }));
}

function isOf(schema, type) {
  return schema.type === type || schema.anyOf?.some((one) => one.type === type);
}

/** Return what somebody wrote as the value that its schema wants; text that is none stays text. */
export function valueOf(text, schema) {
  if (text === "") return undefined;
  if (schema.type === "boolean") return text === "true";
  if (isOf(schema, "string") && !isOf(schema, "integer")) return text;
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  if (isOf(schema, "number") && Number.isFinite(Number(text))) return Number(text);
  if (/^[[{"]|^(true|false|null)$/.test(text) || !schema.type) {
    try {
      return JSON.parse(text);
    } catch {
      return text; // the bridge says what is wrong with it
    }
  }
  return text;
}

function hintOf(schema) {
  const { minimum, maximum, default: usual, description } = schema;
  const parts = [];
  if (description) parts.push(description.split("\n")[0]);
  if (minimum !== undefined && maximum !== undefined) parts.push(`${minimum} … ${maximum}`);
  if (usual !== undefined && usual !== "") parts.push(t("default: {value}", { value: JSON.stringify(usual) }));
  return parts.join(" · ");
}

function Input({ name, schema, value, required, take }) {
  const given = value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const [text, write] = useState(given);
  // what was typed stays as it is, `1.0` for instance, as long as it says the value
  const shown = JSON.stringify(valueOf(text.trim(), schema)) === JSON.stringify(value) ? text : given;
  const changed = (event) => {
    write(event.target.value);
    take(valueOf(event.target.value.trim(), schema));
  };
  const choices = schema.enum ?? (schema.type === "boolean" ? ["true", "false"] : null);
  if (choices) {
    const words = { true: t("yes"), false: t("no") };
    return html`<select name=${name} value=${shown} onInput=${changed}>
      <option value="">${t("not given")}</option>
      ${choices.map((one) => html`<option value=${one}>${words[one] ?? one}</option>`)}
    </select>`;
  }
  if (schema.type === "array" || schema.type === "object") {
    return html`<textarea class="code" rows="3" name=${name} value=${shown} onInput=${changed} required=${required}></textarea>`;
  }
  return html`<input name=${name} value=${shown} onInput=${changed} autocomplete="off" required=${required} />`;
}

function SchemaField({ field, value, records, take }) {
  const schema = resolved(field.schema, records);
  if (schema.properties) {
    return html`<fieldset class="wide"><legend>${field.name}</legend>
      <${SchemaForm} fields=${fieldsOf(schema)} values=${value ?? {}} records=${records} take=${take} />
    </fieldset>`;
  }
  const more = schema.anyOf ? { ...schema, anyOf: schema.anyOf.map((one) => resolved(one, records)) } : schema;
  return html`<label class="field"><span>${field.name}${field.required ? html`<abbr title=${t("must be given")}> *</abbr>` : ""}</span>
    <${Input} name=${field.name} schema=${more} value=${value} required=${field.required} take=${take} />
    <small>${hintOf(more)}</small></label>`;
}

/**
 * The fields of an object. `values` is the object, `take` is called with the changed one; what must be
 * given comes first, and what need not be is folded where there is much of it.
 */
export function SchemaForm({ fields, values, records, take }) {
  const set = (name) => (value) => {
    const { [name]: _old, ...others } = values;
    take(value === undefined ? others : { ...others, [name]: value });
  };
  const drawn = (list) => html`<div class="fields">
    ${list.map((field) => html`<${SchemaField} key=${field.name} field=${field} value=${values[field.name]}
      records=${records} take=${set(field.name)} />`)}
  </div>`;
  // which come first is said once: a field that moved while somebody types would lose the focus
  const [early] = useState(() => new Set(Object.keys(values)));
  const first = fields.filter(({ required, name }) => required || early.has(name));
  const rest = fields.filter((field) => !first.includes(field));
  if (rest.length <= 3) return drawn([...first, ...rest]);
  return html`${first.length > 0 && drawn(first)}<details><summary>${t("More")} (${rest.length})</summary>${drawn(rest)}</details>`;
}
