// Messages: what displays show, and who has confirmed it.

import { html } from "../vendor/preact.js";
import { useTopics } from "../hooks.js";
import { moment, translated } from "../language.js";
import { fromZigbee } from "./bridge_time.js";
import { nameOf } from "./device_name.js";

const t = translated({
  "Messages": "Nachrichten",
  "No message is shown.": "Keine Nachricht wird angezeigt.",
  "Write a message": "Nachricht schreiben",
  "from {from} until {until}": "von {from} bis {until}",
  "until changed": "bis auf Weiteres",
  "confirmed": "bestätigt",
  "shown": "angezeigt",
  "not confirmed": "nicht bestätigt",
  "No display has it yet.": "Noch kein Display hat sie.",
});

const UNTIL_CHANGED = 0xffff;
const ASKS = 0x80; // bit of message_control: the user is to confirm

function Message({ record, values }) {
  const from = fromZigbee(record.start_time);
  const until = record.duration_in_minutes === UNTIL_CHANGED ? null : from + 60 * record.duration_in_minutes;
  const given = [...values].filter(([topic, told]) => topic.endsWith("/message") && told?.message_id === record.message_id);
  const asks = (record.message_control & ASKS) !== 0;
  return html`<li class="stack">
    <blockquote class="name">${record.message}</blockquote>
    <small>${until ? t("from {from} until {until}", { from: moment(from * 1000), until: moment(until * 1000) }) : t("until changed")}</small>
    ${!given.length && html`<p class="quiet">${t("No display has it yet.")}</p>`}
    <dl class="facts">${given.map(([topic, told]) => {
      const word = told.confirmed ? t("confirmed") : asks ? t("not confirmed") : t("shown");
      return html`<dt class="name">${nameOf(values, topic.split("/")[1])}</dt>
        <dd><span class="badge ${asks && !told.confirmed ? "warning" : "good"}">${word}</span> <small>${moment(told.confirmed ?? told.time)}</small></dd>`;
    })}</dl>
  </li>`;
}

/** The messages in force. */
export function Messages() {
  const values = useTopics(["active/message", "device/+", "device/+/message"]);
  const records = values.get("active/message")?.record_list ?? [];
  return html`<section class="card"><h2>${t("Messages")}</h2>
    ${records.length
      ? html`<ul class="plain stack">${records.map((record) => html`<${Message} key=${record.message_id} record=${record} values=${values} />`)}</ul>`
      : html`<p class="empty">${t("No message is shown.")} <a href="#/events">${t("Write a message")}</a></p>`}
  </section>`;
}
