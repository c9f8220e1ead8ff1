// Settings: what the bridge was told to be, what it logs, and what helps when something is wrong.

import { html, useEffect, useState } from "../vendor/preact.js";
import { useCommand, useLink, useNow, useReadable } from "../hooks.js";
import { ago, locale, translated } from "../language.js";
import { link } from "../link.js";
import { Action } from "../parts/action.js";
import { coded } from "../parts/coded.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form } from "../parts/form.js";
import { save } from "../parts/save.js";

const t = await translated("pages/settings");

const FEW = 8; // of which nobody has to search one
const LEVELS = ["debug", "info", "warning", "error"];
const BADGES = { warning: "warning", error: "bad", critical: "bad" };
const MOST = 500; // records on the page
const TIME = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "medium" });

const PARTS = {
  registry: [t("Registry"), Registry],
  configuration: [t("Configuration"), Configuration],
  certificates: [t("Certificates"), Certificates],
  tokens: [t("Tokens"), Tokens],
  plugins: [t("Plug-ins"), Plugins],
  log: [t("Log"), Log],
  support: [t("Report and backup"), Support],
};

export default function Settings({ rest: [id] }) {
  const current = Object.hasOwn(PARTS, id) ? id : "registry";
  const Part = PARTS[current][1];
  return html`<div class="tabs">
      ${Object.entries(PARTS).map(
        ([part, [name]]) => html`<button aria-pressed=${part === current}
          onClick=${() => (location.hash = `#/settings/${part}`)}>${name}</button>`,
      )}
    </div>
    <${Part} key=${current} />`;
}

// ------------------------------------------------------------------ lists

/**
 * What a command has answered, as a list that can be searched. `items` takes it from the result;
 * `row` draws one of it, and `again` asks anew.
 */
function List({ command, args, intro, items, row, children }) {
  const { result: told, error, again } = useCommand(command, args);
  const result = useReadable(told);
  const [words, search] = useState("");
  const wanted = words.toLowerCase().split(" ");
  const isWanted = (one) => wanted.every((word) => JSON.stringify(one).toLowerCase().includes(word));
  const all = result && items(result);
  const found = all?.filter(isWanted);
  return html`<section class="card stack"><p class="quiet">${coded(intro)}</p>
    ${all?.length > FEW && html`<${Field} label=${t("Search")} type="search" onInput=${(event) => search(event.target.value)} />`}
    ${children}
    ${error && html`<p class="problem">${error.message}</p>`}
    ${!error && !found && html`<p aria-busy="true">${t("Loading…")}</p>`}
    ${found?.length === 0 && html`<p class="empty">${t("Nothing.")}</p>`}
    ${found?.length > 0 && html`<ul class="lines">${found.map((one) => html`<li key=${one.key ?? one.name}>${row(one, again)}</li>`)}</ul>`}
  </section>`;
}

const said = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function Row({ name, words, children }) {
  return html`<div class="title"><div><code class="name">${name}</code><br /><small>${coded(words)}</small></div>
    <div class="row">${children}</div></div>`;
}

function Registry() {
  const [chosen, choose] = useState(null);
  const row = (one, again) => html`<${Row} name=${one.name} words=${one.description}>
    <strong class="name">${said(one.value)}</strong>
    <button aria-label="${t("Change")} ${one.name}" onClick=${() => choose({ ...one, again })}>${t("Change")}</button>
  <//>`;
  return html`<${List} command="help" args=${{ registry: null }} items=${({ registry }) => registry} row=${row}
      intro=${t("These hold at once, and after a restart.")} />
    ${chosen && html`<${Change} ...${chosen} onClose=${() => choose(null)} />`}`;
}

function Change({ name, value, description, again, onClose }) {
  const send = async (given) => {
    const answer = await link.call("registry_configuration", { name, value: given.value });
    if (!answer.write_status) throw new Error(answer.write_errors);
    again();
    onClose();
  };
  return html`<${Dialog} title=${name} onClose=${onClose}>
    <${Form} send=${send} label=${t("Change")}>
      <${Field} label=${t("Value")} hint=${description} name="value" defaultValue=${said(value)} autofocus />
    <//>
    <div class="actions"><${Action} run=${() => send({ value: null })} scope="command">${t("Default")}<//></div>
  <//>`;
}

function Configuration() {
  const [isWhole, show] = useState(false);
  const row = (one) => html`<${Row} name=${one.key} words=${one.words}><strong class="name">${said(one.value)}</strong><//>`;
  return html`<${List} command="get_configuration" row=${row}
      items=${({ options }) => options.filter((one) => isWhole || !one.is_default)}
      intro=${t("config.yaml as it was read at the start: change the file, and start again.")}>
    <label class="check"><input type="checkbox" onChange=${(event) => show(event.target.checked)} />${t("With defaults")}</label>
  <//>`;
}

function Certificates() {
  return html`<${List} command="list_certificates" items=${({ certificates }) => certificates} row=${certificate}
    intro=${t("`sebridge certificate install` puts one in.")} />`;
}

function certificate({ purpose, subject, issuer, valid_until: end, fingerprint, problem }) {
  const until = new Date(end ?? NaN);
  const isOver = until < Date.now();
  return html`<h3>${subject} <code>${purpose}</code></h3>
    ${problem
      ? html`<p class="problem">${problem}</p>`
      : html`<dl class="facts">
          <dt>${t("issued by")}</dt><dd>${issuer}</dd>
          <dt>${t("valid until")}</dt><dd class=${isOver ? "problem" : ""}>${+until ? `${until.toLocaleDateString(locale)} (${ago(until)})` : t(end ?? "unlimited")}</dd>
          <dt>${t("fingerprint")}</dt><dd><code>${fingerprint}</code></dd>
        </dl>`}`;
}

function Tokens() {
  const row = ({ name, scope }) => html`<${Row} name=${name}><span class="badge">${scope}</span><//>`;
  return html`<${List} command="list_tokens" items=${({ tokens }) => tokens} row=${row}
    intro=${t("`sebridge token` makes one for http.tokens; take its line out, and it is worth nothing.")} />`;
}

// ------------------------------------------------------------------ plug-ins

async function install(form) {
  const files = [...form.elements.files.files];
  const zip = files.find(({ name }) => name.endsWith(".zip"));
  if (!zip) throw new Error(t("Choose a package."));
  for (const file of files) await link.upload(file);
  await link.call("install_package", { filename: zip.name });
  form.reset();
}

function Plugins() {
  const [round, next] = useState(0);
  const row = ({ name, version, active, enabled }, again) => {
    const button = (method, words, sure) =>
      html`<${Action} scope="admin" sure=${sure} aria-label="${words} ${name}" run=${() => link.call(method, { plugin_name: name }).then(again)}>${words}<//>`;
    return html`<${Row} name=${name} words=${version}>
      ${active && html`<span class="badge good">${t("active")}</span>`}
      ${enabled === "True" && html`<span class="badge">${t("starts with the bridge")}</span>`}
      ${active ? button("disable_plugin", t("Stop")) : button("enable_plugin", t("Start"))}
      ${!active && button("uninstall_plugin", t("Uninstall"), t("Uninstall {name}, with all that it keeps?", { name }))}
    <//>`;
  };
  return html`<div class="stack"><${List} key=${round} command="list_plugins" row=${row}
      items=${({ plugins }) => plugins.map((one) => ({ ...one, name: one.plugin_name }))}
      intro=${t("Packages of others; what they are and how one is made stands in docs/plugins.md.")} />
    <section class="card"><${Form} scope="admin" label=${t("Install a package")} send=${(_, form) => install(form).then(() => next(round + 1))}>
      <${Field} label=${t("Package (.zip), and its signature (.minisig)")} name="files" type="file" accept=".zip,.minisig" multiple />
    <//></section></div>`;
}

// ------------------------------------------------------------------ the log

/** The records, the newest first, and what is logged. */
function Log() {
  const [filter, look] = useState({ level: "info", name: "" });
  const [isHeld, hold] = useState(false);
  const { lines, problem } = useRecords(filter, isHeld);
  const set = (event) => look({ ...filter, [event.target.name]: event.target.value.trim() });
  return html`<div class="stack"><${Levels} />
    <section class="card stack">
      <div class="fields">
        <${Field} label=${t("At least")}><${Select} name="level" value="info" onChange=${set} /><//>
        <${Field} label=${t("Part")} name="name" hint=${t("such as sebridge.radio")} onInput=${set} />
      </div>
      <div><button aria-pressed=${isHeld} onClick=${() => hold(!isHeld)}>${t("Hold")}</button></div>
      ${problem && html`<p class="problem" role="alert">${problem.message}</p>`}
      ${lines?.length === 0 && html`<p class="empty">${t("Nothing.")}</p>`}
      ${lines?.length > 0 && html`<ul class="lines">${lines.map((line) => html`<li key=${line.number}><${Line} ...${line} /></li>`)}</ul>`}
    </section>
  </div>`;
}

function Line({ time, level, name, message, trace }) {
  return html`<div class="row"><small>${TIME.format(time * 1000)}</small>
      <span class="badge ${BADGES[level] ?? ""}">${level}</span><small class="name">${name}</small></div>
    <div class="name">${message}</div>
    ${trace && html`<pre tabindex="0">${trace}</pre>`}`;
}

/** Return the newest records first: those that are kept, and each as it is logged, unless they are held. */
function useRecords(filter, isHeld) {
  const [state, take] = useState({});
  const linkState = useLink();
  useEffect(() => {
    if (isHeld || linkState !== "open") return undefined;
    const known = new Map(); // by number: an answer tells again what came meanwhile
    let isWhole = false;
    let isWanted = true;
    const show = () => {
      const lines = [...known.values()].sort((one, other) => other.number - one.number);
      for (const { number } of lines.splice(MOST)) known.delete(number);
      if (isWhole && isWanted) take({ lines });
    };
    const keep = (line) => known.set(line.number, line);
    const log = link.subscribe(["log"], { onChange: show, onStreamed: (_topic, line) => isLike(line, filter) && keep(line) });
    link.call("get_log", filter).then(
      ({ lines }) => {
        isWhole = true;
        lines.forEach(keep);
        show();
      },
      (problem) => isWanted && take(({ lines }) => ({ lines, problem })),
    );
    return () => {
      isWanted = false;
      log.end();
    };
  }, [filter, isHeld, linkState, link.lost]); // what was missed is asked for
  return state;
}

const isLike = ({ level, name }, least) =>
  !LEVELS.slice(0, LEVELS.indexOf(least.level)).includes(level) && `${name}.`.startsWith(least.name && `${least.name}.`);

function Select({ value, ...more }) {
  return html`<select ...${more}>${LEVELS.map((one) => html`<option value=${one} selected=${one === value}>${one}</option>`)}</select>`;
}

function Levels() {
  const { result, again } = useCommand("get_log_levels");
  const now = useNow();
  const changed = result?.changed.filter(({ until }) => until * 1000 > now) ?? [];
  const set = (args) => link.call("set_log_level", args).then(again);
  return html`<details class="card" open=${changed.length > 0}><summary>${t("Log more or less")}</summary><div class="stack">
    ${result && html`<p class="quiet">${t("As configured: {level}", { level: result.levels[""] })}</p>`}
    ${changed.map(
      ({ name, level, until }) => html`<div key=${name} class="row"><code>${name}</code>
        <span class="badge">${level}</span><small>${ago(until * 1000, now)}</small>
        <${Action} run=${() => set({ name, level: null })} scope="admin">${t("End")}<//></div>`,
    )}
    <${Form} send=${({ name, level, minutes }) => set({ name, level, seconds: minutes * 60 })} label=${t("Log more or less")} scope="admin">
      <div class="fields">
        <${Field} label=${t("Part")} name="name" defaultValue="sebridge" hint=${t("such as sebridge.radio")} />
        <${Field} label=${t("Level")}><${Select} name="level" value="debug" /><//>
        <${Field} label=${t("Minutes")} name="minutes" inputmode="numeric" defaultValue="10" />
      </div>
    <//>
  </div></details>`;
}

// ------------------------------------------------------------------ files that are saved

async function kept(command, args) {
  const { file_name: name, content } = await link.call(command, args);
  save(name, content);
}

async function backUp({ passphrase, again }, form) {
  if (passphrase !== again) throw new Error(t("The two differ."));
  await kept("make_backup", { passphrase });
  form.reset();
}

/** Report and backup, each a file that the browser saves. */
function Support() {
  return html`<div class="cards">
    <section class="card"><h2>${t("Support report")}</h2>
      <p>${t("Health, versions, settings and the last log records. There is no key in it, but addresses and names: look before you make it public.")}</p>
      <${Form} send=${(given) => kept("make_report", given)} label=${t("Make a report")}>
        <${Field} label=${t("Minutes")} name="minutes" inputmode="numeric" defaultValue="15" />
      <//>
    </section>
    <section class="card"><h2>${t("Backup of the network")}</h2>
      <p>${t("With its keys, sealed. Another stick goes on with it; stop the bridge, then:")}</p>
      <pre tabindex="0">sebridge restore network.json --passphrase-file secret.txt</pre>
      <${Form} send=${backUp} label=${t("Make a backup")} scope="admin">
        <${Field} label=${t("Passphrase")} name="passphrase" type="password" hint=${t("at least 8 characters")} />
        <${Field} label=${t("Once more")} name="again" type="password" />
      <//>
    </section>
  </div>`;
}
