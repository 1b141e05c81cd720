// The documentation: what /openapi.json says, readable, and every operation ready to be tried.

import { copyAndTell, duration, named, node } from "./nodes.js";

const LONGEST = 100_000; // letters of an answer that are shown
const NULL = "null";

const here = (path) => new URL(path.replace(/^\//, ""), document.baseURI).href;
const nameOf = (ref) => ref.slice(ref.lastIndexOf("/") + 1);

let key = null; // the field for the API key, if the service has keys at all

/** Return text with its `code` set as code. */
function prose(text) {
  return text.split("`").map((part, number) => (number % 2 ? node("code", {}, part) : part));
}

// --- types ------------------------------------------------------------------------------------------------------------

function typeNodes(schema) {
  if (schema.$ref) return [node("a", { href: `#type-${nameOf(schema.$ref)}` }, nameOf(schema.$ref))];
  const either = schema.anyOf ?? schema.oneOf;
  if (either && !schema.type) return joined(either.map(typeNodes), " or ");
  if (schema.enum) return joined(schema.enum.map((value) => [node("code", {}, String(value))]), " or ");
  if (schema.type === "array") return ["list of ", ...typeNodes(schema.items ?? {})];
  const words = { string: "text", integer: "whole number", number: "number", boolean: "true or false", object: "object", [NULL]: NULL };
  return [words[schema.type] ?? "anything"];
}

function joined(lists, word) {
  return lists.flatMap((list, number) => (number ? [word, ...list] : list));
}

function fieldTable(schema, name) {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([field, found]) =>
    node("tr", {},
      node("th", { scope: "row" }, node("code", {}, field)),
      node("td", {}, ...typeNodes(found), required.has(field) ? "" : node("span", { class: "soft" }, ", may be absent")),
      node("td", {}, ...prose(found.description ?? "")),
    ));
  return table(`Fields of ${name}`, ["field", "type", "meaning"], rows);
}

function table(caption, heads, rows) {
  return node("div", { class: "wide", role: "region", tabindex: "0", "aria-label": caption },
    node("table", {},
      node("caption", { class: "sr" }, caption),
      node("thead", {}, node("tr", {}, ...heads.map((head) => node("th", { scope: "col" }, head)))),
      node("tbody", {}, ...rows)));
}

function typeNode([name, schema]) {
  return node("article", { id: `type-${name}` },
    node("h3", {}, name),
    schema.description ? node("p", {}, ...prose(schema.description)) : null,
    schema.properties ? fieldTable(schema, name) : node("p", {}, ...typeNodes(schema)),
  );
}

// --- operations -------------------------------------------------------------------------------------------------------

function operationNode({ path, method, operation }) {
  const { operationId: id, summary, description, parameters = [], requestBody, responses } = operation;
  return node("article", { id, class: "operation" },
    node("h2", {}, node("span", { class: `method ${method}` }, method.toUpperCase()), " ", node("code", {}, path)),
    node("p", { class: "summary" }, summary),
    description ? node("p", {}, ...prose(description)) : null,
    tryForm({ id, path, method, parameters, requestBody }),
    table(`Answers of ${summary}`, ["status", "type", "meaning"], Object.entries(responses).map(responseRow)),
  );
}

function responseRow([status, { description, content = {} }]) {
  const [type, found] = Object.entries(content)[0] ?? ["", {}];
  return node("tr", {},
    node("th", { scope: "row" }, status),
    node("td", {}, node("code", {}, type), ...(found.schema?.$ref ? [" ", ...typeNodes(found.schema)] : [])),
    node("td", {}, ...prose(description)),
  );
}

function exampleOf(content, type) {
  const example = content[type].example ?? "";
  return typeof example === "string" ? example : JSON.stringify(example, null, 2);
}

function tryForm({ id, path, method, parameters, requestBody }) {
  const content = requestBody?.content ?? {};
  const types = Object.keys(content);
  const type = types.length ? node("select", { id: `${id}-type` }, ...types.map((name) => node("option", {}, name))) : null;
  const body = types.length ? node("textarea", { id: `${id}-body`, spellcheck: "false", dir: "auto", rows: "9" }) : null;
  const fields = parameters.map((parameter) => [parameter.name, parameterField(id, parameter)]);
  const send = node("button", { type: "submit", class: "send" }, "Send");
  const curl = node("button", { type: "button" }, "Copy as curl");
  const output = node("div", { class: "output", role: "status" });

  const request = () => {
    const url = new URL(here(path));
    for (const [name, field] of fields) if (field.value) url.searchParams.set(name, field.value);
    return { url: url.href, method: method.toUpperCase(), type: type?.value, body: body?.value };
  };
  if (type) {
    const fill = () => (body.value = exampleOf(content, type.value));
    type.addEventListener("change", fill);
    fill();
  }
  curl.addEventListener("click", () => copyAndTell(curl, asCurl(request()), named("copied")));

  const form = node("form", { "aria-label": `Try ${method.toUpperCase()} ${path}` },
    type ? node("div", { class: "field" }, node("label", { for: type.id }, "Content-Type"), type) : null,
    body ? node("div", { class: "field" }, node("label", { for: body.id }, "Body"), body) : null,
    fields.length
      ? node("details", {}, node("summary", {}, "Options in the query string"),
        ...parameters.map((parameter, number) => node("div", { class: "field" },
          node("label", { for: fields[number][1].id }, node("code", {}, parameter.name)),
          fields[number][1],
          node("p", { id: `${fields[number][1].id}-about`, class: "soft" }, ...prose(parameter.description ?? "")))))
      : null,
    node("p", { class: "actions" }, send, " ", curl),
    output,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    output.replaceChildren(...(await answered(request())));
    send.disabled = false;
    send.focus();
  });
  return form;
}

function parameterField(id, { name, schema }) {
  const attributes = { id: `${id}-${name}`, "aria-describedby": `${id}-${name}-about` };
  const values = schema.type === "boolean" ? ["true", "false"] : schema.enum;
  if (values) return node("select", attributes, node("option", { value: "" }, "default"), ...values.map((value) => node("option", {}, value)));
  return node("input", { ...attributes, autocomplete: "off", placeholder: schema.examples?.[0] });
}

async function answered({ url, method, type, body }) {
  const headers = { ...(type ? { "Content-Type": type } : {}), ...(key?.value ? { Authorization: `Bearer ${key.value}` } : {}) };
  const started = performance.now();
  try {
    const response = await fetch(url, { method, headers, body });
    const text = await response.text();
    const took = duration(performance.now() - started);
    return [
      node("p", { class: response.ok ? "status" : "status failed" },
        node("b", {}, `${response.status} ${response.statusText}`), `, ${response.headers.get("Content-Type") ?? "no content"}, ${took}`),
      node("pre", { tabindex: "0", role: "region", "aria-label": "Answer", dir: "auto" }, laidOut(text)),
    ];
  } catch {
    return [node("p", { class: "status failed" }, "The service cannot be reached. Is it still running?")];
  }
}

function laidOut(text) {
  const shown = text.trimEnd().split("\n").map((line) => {
    try {
      return JSON.stringify(JSON.parse(line), null, 2);
    } catch {
      return line;
    }
  }).join("\n");
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}\n…` : shown;
}

function asCurl({ url, method, type, body }) {
  const lines = [`curl --silent '${url.replaceAll("'", "%27")}'`];
  if (key?.value) lines.push('  --header "Authorization: Bearer $AFTERWORD_KEY"');
  if (method === "POST") lines.push(`  --header 'Content-Type: ${type}'`, `  --data-binary '${body.replaceAll("'", "'\\''")}'`);
  return `${lines.join(" \\\n")}\n`;
}

// --- the page ---------------------------------------------------------------------------------------------------------

function show(found) {
  const operations = Object.entries(found.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  if (found.components.securitySchemes) {
    key = node("input", { id: "key", type: "password", autocomplete: "off" });
  }
  named("about").replaceChildren(
    node("p", { class: "lead" }, ...prose(found.info.description)),
    node("p", { class: "soft" }, `Version ${found.info.version}, ${found.info.license.name}. OpenAPI ${found.openapi}: `,
      node("a", { href: "openapi.json" }, "openapi.json")),
    key ? node("div", { class: "field" }, node("label", { for: "key" }, "API key, if the service asks for one"), key) : "",
  );
  named("operations").replaceChildren(...operations.map(operationNode));
  named("types").append(...Object.entries(found.components.schemas).map(typeNode));
  named("types").hidden = false;
  named("contents").replaceChildren(
    node("h2", {}, "Operations"),
    node("ul", {}, ...operations.map(({ path, method, operation }) =>
      node("li", {}, node("a", { href: `#${operation.operationId}` }, node("span", { class: `method ${method}` }, method.toUpperCase()), " ", path)))),
    node("h2", {}, "Types"),
    node("ul", {}, ...Object.keys(found.components.schemas).map((name) => node("li", {}, node("a", { href: `#type-${name}` }, name)))),
  );
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

const response = await fetch(here("openapi.json")).catch(() => null);
if (response?.ok) show(await response.json());
else named("about").replaceChildren(node("p", { class: "lead", role: "alert" }, "The service does not answer. Is it still running?"));
