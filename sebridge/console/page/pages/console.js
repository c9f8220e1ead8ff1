// Every method there is: its documentation, a form and an editor side by side, and all that was asked
// and answered, with what the bridge said meanwhile.

import { html, useEffect, useMemo, useRef, useState } from "../vendor/preact.js";
import { may, useCommand, useReadable, useTopics } from "../hooks.js";
import { moment, translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "../parts/action.js";
import { coded } from "../parts/coded.js";
import { copies, rciOf, sciOf } from "../parts/documents.js";
import { SchemaForm } from "../parts/schema_form.js";
import { tell } from "../parts/notices.js";

const t = await translated("pages/console");

const MOST = 200; // exchanges that are shown
const KEPT = "sebridge.defaults.";
const EDITOR = "sebridge.editor"; // which was used last
const INTERFACES = {
  RPC_General_Interface: "General",
  RPC_SE_Interface: "Smart Energy",
  RPC_ZCL_Interface: "ZCL",
};

let exchanges = []; // also when somebody looks at another page in between
let number = 0;

function added(one) {
  exchanges = [{ ...one, number: ++number, time: new Date().toISOString() }, ...exchanges].slice(0, MOST);
  return exchanges;
}

function List({ methods, chosen }) {
  const [wanted, search] = useState("");
  const found = methods.filter(({ name, help }) => `${name} ${help}`.toLowerCase().includes(wanted.toLowerCase()));
  const groups = Map.groupBy ? Map.groupBy(found, (one) => one.interface) : grouped(found);
  return html`<section class="card methods" aria-label=${t("Methods")}>
    <input type="search" placeholder=${t("Search methods")} aria-label=${t("Search methods")} value=${wanted}
      onInput=${(event) => search(event.target.value)} />
    ${found.length === 0 && html`<p class="empty">${t("no method is called so")}</p>`}
    ${[...groups].map(([group, list]) => html`<details key=${group} open=${wanted || list.some((one) => one.name === chosen)}>
      <summary>${INTERFACES[group] ?? group} (${list.length})</summary>
      <ul class="plain">${list.map((one) => html`<li><a class="name" href="#/console/${one.name}"
        aria-current=${one.name === chosen ? "true" : undefined}>${one.name}</a></li>`)}</ul>
    </details>`)}
  </section>`;
}

function grouped(list) {
  const groups = new Map();
  for (const one of list) groups.set(one.interface, [...(groups.get(one.interface) ?? []), one]);
  return groups;
}

/** What of a request was asked before, as it is kept for the next time. */
const askedBefore = ({ kind, asked }) => (kind === "XML" ? { xml: asked } : { params: JSON.parse(asked) });

/** A choice of the aliases that the bridge knows; `insert` takes the element that stands for one. */
function Aliases({ insert }) {
  const { result } = useCommand("list_aliases");
  const names = Object.keys(result?.alias_list ?? {});
  const choose = (event) => {
    insert(`<${event.target.value} type="alias"/>`);
    event.target.value = "";
  };
  return names.length > 0 && html`<select class="narrow" aria-label=${t("Insert an alias")} value="" onChange=${choose}>
    <option value="">${t("Insert an alias")}…</option>${names.map((name) => html`<option value=${name}>${name}</option>`)}</select>`;
}

function Request({ method, records, note, before }) {
  const [mode, turn] = useState(before?.kind ?? localStorage.getItem(EDITOR) ?? "XML");
  const turnTo = (one) => {
    localStorage.setItem(EDITOR, one);
    turn(one);
  };
  const editor = useRef(null);
  const kept = useMemo(() => (before ? askedBefore(before) : JSON.parse(localStorage.getItem(KEPT + method.name) ?? "{}")), [method]);
  const [params, take] = useState(kept.params ?? {});
  const [json, write] = useState(JSON.stringify(params, null, 2));
  const [problem, fail] = useState(null);
  const [xml, writeXml] = useState(kept.xml ?? rciOf(method, params, records));
  const [devices, address] = useState("");
  const fields = method.parameters.map(({ name, schema, required }) => ({ name, schema, required }));
  const filled = (changed) => {
    take(changed);
    fail(null);
    write(JSON.stringify(changed, null, 2));
    writeXml(rciOf(method, changed, records));
  };
  const written = (event) => {
    write(event.target.value);
    try {
      const changed = JSON.parse(event.target.value || "{}");
      take(changed);
      writeXml(rciOf(method, changed, records));
      fail(null);
    } catch (error) {
      fail(error.message);
    }
  };
  const ids = devices.split(/[\s,]+/).filter(Boolean);
  const document = ids.length ? sciOf(xml, ids) : xml;
  const run = async () => {
    const asked = { kind: mode, name: method.name, asked: mode === "XML" ? document : JSON.stringify(params, null, 2) };
    try {
      if (mode === "XML") note({ ...asked, answered: (await link.call("send_document", { document })).document });
      else note({ ...asked, answered: JSON.stringify(await link.call(method.name, params), null, 2) });
    } catch (error) {
      note({ ...asked, answered: `${error.code} ${error.message}\n${JSON.stringify(error.data ?? {}, null, 2)}`, isProblem: true });
      throw error;
    }
  };
  const save = () => {
    localStorage.setItem(KEPT + method.name, JSON.stringify({ params, xml }));
    tell(t("saved"));
  };
  const lines = copies(method, params, { topic: link.hello.topic, origin: location.origin });
  const copy = async (event) => {
    const text = lines.find(({ name }) => name === event.target.value)?.text;
    event.target.value = "";
    if (!text) return;
    await navigator.clipboard?.writeText(text);
    note({ kind: "copy", name: method.name, asked: "", answered: text });
    tell(t("copied"));
  };
  return html`<div class="beside">
    ${fields.length > 0 && html`<section aria-label=${t("Form")}>
      <${SchemaForm} fields=${fields} values=${params} records=${records} take=${filled} /></section>`}
    <section class="form" aria-label=${t("Editor")}>
    <div class="tabs" role="group">${["XML", "JSON"].map((one) => html`<button type="button" aria-pressed=${mode === one}
      onClick=${() => turnTo(one)}>${one}</button>`)}</div>
    ${mode === "JSON"
      ? html`<label class="field"><span>${t("Parameters in JSON")}</span>
          <textarea class="code" rows="8" spellcheck=${false} value=${json} onInput=${written}></textarea></label>
          ${problem && html`<p class="problem" role="alert">${t("no JSON: {why}", { why: problem })}</p>`}`
      : html`<label class="field"><span>${t("Document in XML")}</span>
          <textarea class="code" rows="10" spellcheck=${false} ref=${editor} value=${xml} onInput=${(event) => writeXml(event.target.value)}></textarea></label>
          <${Aliases} insert=${(element) => {
            const { selectionStart: start, selectionEnd: end } = editor.current;
            writeXml(xml.slice(0, start) + element + xml.slice(end));
          }} />
          <label class="field"><span>${t("Gateways, by their device ids (SCI); none for this one")}</span>
          <input value=${devices} onInput=${(event) => address(event.target.value)} autocomplete="off" /></label>`}
    <div class="actions">
      <${Action} class="primary" run=${run} scope=${method.scope} disabled=${mode === "JSON" && problem}>${t("Execute")}<//>
      <button type="button" onClick=${save}>${t("Save as default")}</button>
      <button type="button" onClick=${() => { localStorage.removeItem(KEPT + method.name); filled({}); }}>${t("Start again")}</button>
      <select class="narrow" aria-label=${t("Copy as")} value="" onChange=${copy}>
        <option value="">${t("Copy as")}…</option>${lines.map(({ name }) => html`<option value=${name}>${name}</option>`)}
      </select>
    </div></section>
  </div>`;
}

function Documentation({ method, records }) {
  const answer = records[method.response?.$ref?.split("/").at(-1)];
  return html`<div>
    <h2 class="name">${method.name}</h2>
    <p><span class="badge ${may(method.scope) ? "good" : "warning"}">${t("needs {scope}", { scope: method.scope })}</span></p>
    <p class="prose">${coded(method.help)}</p>
    ${answer && html`<details><summary>${t("What it answers")}</summary>
      <dl class="facts">${Object.entries(answer.properties ?? {}).map(([name, one]) => html`<dt>${name}</dt>
        <dd>${one.$ref?.split("/").at(-1) ?? one.type ?? ""} ${one.description ?? ""}</dd>`)}</dl></details>`}
  </div>`;
}

function Exchanges({ list, clear, notifications, hear, repeat }) {
  return html`<section class="card wide" aria-label=${t("Answers and notifications")}>
    <div class="title"><h2>${t("Answers and notifications")}</h2>
      <div class="row"><label class="check"><input type="checkbox" checked=${notifications} onChange=${(event) => hear(event.target.checked)} />
        ${t("Notifications")}</label><button class="plain" onClick=${clear}>${t("Clear")}</button></div></div>
    ${list.length === 0 && html`<p class="empty">${t("Nothing yet: execute a method, or wait for the house to say something.")}</p>`}
    ${list.map((one) => html`<details key=${one.number} open=${one.kind !== "notification"}>
      <summary><span class="quiet">${moment(one.time)}</span> <span class="badge ${one.isProblem ? "bad" : ""}">${t(one.kind)}</span> ${one.name}</summary>
      ${one.asked && html`<button onClick=${() => repeat(one)}>${t("Use again")}</button>`}
      ${one.asked && html`<pre tabindex="0">${one.asked}</pre>`}<pre tabindex="0" class=${one.isProblem ? "problem" : ""}>${one.answered}</pre>
    </details>`)}
  </section>`;
}

export default function Console({ rest: [chosen] }) {
  const { result: told, error } = useCommand("describe_methods");
  const result = useReadable(told);
  const [list, show] = useState(exchanges);
  const [notifications, hear] = useState(true);
  const [before, take] = useState(null);
  const repeat = (one) => {
    take(one);
    location.hash = `#/console/${one.name}`;
  };
  const note = (one) => show(added(one));
  useTopics(notifications ? ["notification/#"] : [], (topic, payload) => {
    note({ kind: "notification", name: topic.split("/").at(-1), answered: JSON.stringify(payload, null, 2) });
  });
  useEffect(() => document.querySelector('.methods [aria-current="true"]')?.scrollIntoView({ block: "nearest" }), [chosen, result]);
  if (error) return html`<p class="problem">${error.message}</p>`;
  if (!result) return html`<p class="quiet" aria-busy="true">…</p>`;
  const { methods, components } = result;
  const records = components.schemas;
  const method = methods.find((one) => one.name === chosen);
  return html`<div class="console">
    <${List} methods=${methods} chosen=${chosen} />
    <div class="stack">
      <section class="card">${method
        ? html`<${Documentation} method=${method} records=${records} />
            <${Request} key="${method.name} ${before?.number}" method=${method} records=${records} note=${note}
              before=${before?.name === method.name ? before : undefined} />`
        : html`<p class="empty">${t("Choose a method to see what it does.")}</p>`}</section>
      <${Exchanges} list=${list} notifications=${notifications} hear=${hear} repeat=${repeat}
        clear=${() => { exchanges = []; show(exchanges); }} />
    </div>
  </div>`;
}
