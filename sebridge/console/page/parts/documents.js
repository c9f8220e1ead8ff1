// A request in all the forms in which it can be made: JSON, XML, and lines for programs.

import { resolved } from "./schema_form.js";

function escaped(text) {
  return String(text).replace(/[&<>]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[one]);
}

function element(name, value, schema, records, indent) {
  const known = resolved(schema ?? {}, records);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => element("item", item, known.items, records, inner));
    return `${indent}<${name} type="list">\n${items.join("")}${indent}</${name}>\n`;
  }
  if (value !== null && typeof value === "object") {
    const fields = Object.entries(value).map(([key, one]) => element(key, one, known.properties?.[key], records, inner));
    return `${indent}<${name} type="${known.title ?? "dict"}">\n${fields.join("")}${indent}</${name}>\n`;
  }
  if (value === null) return `${indent}<${name} type="none"/>\n`;
  const type = { number: Number.isInteger(value) ? "int" : "float", boolean: "bool", string: "string" }[typeof value];
  return `${indent}<${name} type="${type}">${escaped(value)}</${name}>\n`;
}

/** Return the RCI document of a request, which waits for its answer. */
export function rciOf(method, params, records) {
  const schemas = Object.fromEntries(method.parameters.map(({ name, schema }) => [name, schema]));
  const indent = "      ";
  const fields = Object.entries(params).map(([name, value]) => element(name, value, schemas[name], records, indent));
  const call = fields.length
    ? `    <${method.name} synchronous="TRUE">\n${fields.join("")}    </${method.name}>\n`
    : `    <${method.name} synchronous="TRUE"/>\n`;
  return `<rci_request version="1.1">\n  <do_command target="RPC_request">\n${call}  </do_command>\n</rci_request>`;
}

/** Return an RCI document as one for several gateways, by their device ids. */
export function sciOf(document, devices) {
  const targets = devices.map((id) => `      <device id="${escaped(id)}"/>`).join("\n");
  const inside = document.replace(/^/gm, "    ");
  return `<sci_request version="1.0">\n  <send_message>\n    <targets>\n${targets}\n    </targets>\n${inside}\n  </send_message>\n</sci_request>`;
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Return lines that make a request elsewhere: `{ name, text }` for each program. */
export function copies(method, params, { topic, origin }) {
  const json = JSON.stringify(params);
  const call = JSON.stringify({ jsonrpc: "2.0", id: 1, method: method.name, params });
  const words = flat(params).map(([path, value]) => ` ${quoted(`${path}=${value}`)}`).join("");
  const node = [{
    id: "sebridge", type: "mqtt out", name: method.name, topic: `${topic}/rpc/request/${method.name}`, qos: "1",
  }, { id: "params", type: "inject", name: method.name, props: [{ p: "payload" }], payload: json, payloadType: "json", wires: [["sebridge"]] }];
  return [
    { name: "mosquitto_pub", text: `mosquitto_pub -t ${topic}/rpc/request/${method.name} -m ${quoted(json)}` },
    { name: "curl", text: `curl -H "Authorization: Bearer $TOKEN" -d ${quoted(call)} ${origin}/rpc` },
    { name: "sebridge call", text: `sebridge call ${method.name}${words}` },
    { name: "Node-RED", text: JSON.stringify(node, null, 2) },
  ];
}

function flat(value, path = "") {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return [[path, typeof value === "string" ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, one]) => flat(one, path ? `${path}.${key}` : key));
}
