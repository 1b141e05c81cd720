// The playground: what is pasted, dropped or chosen is asked of the service at once, and its answer shown.

import { ask, asCurl, asJson, asPython, Refused } from "./ask.js";
import { copyAndTell, named, node } from "./nodes.js";
import { article, forget, links, seek, summarise } from "./show.js";
import { watch } from "./tip.js";

const PAUSE = 250; // milliseconds without a key before the service is asked
// Letters that a text field takes without making the page wait; more is held beside it, and the field shows a part.
const SHOWN = 50_000;
const LARGEST = 20_000_000; // bytes of a file; the service by default takes no more
const SNIFFED = 2048; // bytes at the start of a page in which its charset is looked for

const field = named("source");
const form = named("form");
let held = null; // the whole source, if the field shows a part of it
let asking = null;
let waiting = 0;
let current = null; // the answer that is shown

const source = () => held ?? field.value;
const scopeIs = (value) => {
  form.elements.scope.value = value;
};

function request() {
  const made = { [named("html").checked ? "html" : "text"]: source(), scope: form.elements.scope.value };
  for (const name of ["url", "title", "language"]) {
    const value = named(name).value.trim();
    if (value) made[name] = value;
  }
  return made;
}

function take(text, { html = looksLikeHtml(text), url = "" } = {}) {
  held = text.length > SHOWN ? text : null;
  field.value = held ? held.slice(0, SHOWN) : text;
  field.readOnly = Boolean(held);
  field.scrollTop = 0;
  const part = named("part");
  part.hidden = !held;
  part.textContent = held
    ? `The field shows the first ${SHOWN.toLocaleString("en")} of ${held.length.toLocaleString("en")} characters; the service gets them all.`
    : "";
  options(html, url);
  if (named("result").getBoundingClientRect().top < 0) scrollTo(0, 0);
  update();
}

function options(html, url = "") {
  named("html").checked = html;
  scopeIs(html ? "article" : "tail");
  for (const name of ["title", "language"]) named(name).value = "";
  named("url").value = url;
}

function looksLikeHtml(text) {
  return /^\s{0,1000}<(?:!doctype html|!--|\?xml|html|head|body|main|article|section|header|div|h[1-6]|p|ul|table)\b/i.test(text);
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(update, PAUSE);
}

async function update() {
  clearTimeout(waiting);
  asking?.abort();
  const blank = !source().trim();
  named("invitation").hidden = !blank;
  if (blank) {
    clear();
    return;
  }
  const mine = (asking = new AbortController());
  busy(true);
  try {
    const asked = request();
    const { answer, milliseconds } = await ask(asked, named("key").value, mine.signal);
    if (mine !== asking) return;
    current = answer;
    named("problem").replaceChildren();
    summarise(answer, milliseconds);
    links(answer.related);
    for (const id of ["heads", "copies"]) named(id).hidden = false;
    await article(answer, answer.text ?? asked.text);
  } catch (error) {
    if (error.name === "AbortError" || mine !== asking) return;
    if (!(error instanceof Refused)) throw error;
    refused(error);
  } finally {
    if (mine === asking) busy(false);
  }
}

function busy(now) {
  named("working").hidden = !now;
  named("result").setAttribute("aria-busy", now);
}

function clear() {
  current = null;
  asking = null;
  busy(false);
  forget();
  named("problem").replaceChildren();
  named("told").textContent = "";
  for (const id of ["facts", "kinds"]) named(id).replaceChildren();
  for (const id of ["heads", "copies"]) named(id).hidden = true;
}

function refused({ status, message, detail, errors, retryAfter }) {
  clear();
  const again = node("button", { type: "button" }, "Try again");
  again.addEventListener("click", update);
  named("problem").replaceChildren(
    node("h2", {}, message),
    errors.length ? node("ul", {}, ...errors.map((fault) => node("li", {}, `${fault.pointer.slice(1)} ${fault.detail}`)))
      : node("p", {}, detail ?? ""),
    retryAfter ? node("p", {}, `Ask again in ${retryAfter} s.`) : "",
    again,
  );
  if (status === 401) {
    named("key-row").hidden = false;
    named("key").focus();
  }
}

// --- where texts come from --------------------------------------------------------------------------------------------

async function takeFile(file) {
  if (file.size > LARGEST) {
    refused(new Refused(0, "Too large for this page", "Send files of more than 20 MB with curl.", []));
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = decoded(bytes);
  const html = /^(text\/html|application\/xhtml\+xml)$/.test(file.type) || looksLikeHtml(text);
  take(text, { html });
}

function decoded(bytes) {
  const mark = { "255,254": "utf-16le", "254,255": "utf-16be" }[bytes.slice(0, 2).join()];
  if (mark) return new TextDecoder(mark).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const start = new TextDecoder("windows-1252").decode(bytes.slice(0, SNIFFED));
    const label = /charset=["']?([\w.:-]{1,40})/i.exec(start)?.[1] ?? "windows-1252";
    try {
      return new TextDecoder(label).decode(bytes);
    } catch {
      return new TextDecoder("windows-1252").decode(bytes);
    }
  }
}

async function takeExample({ dataset }) {
  const response = await fetch(`pages/example-${dataset.example}`);
  take(await response.text(), { html: dataset.example.includes(".html"), url: dataset.url });
}

named("file").addEventListener("change", ({ target }) => {
  if (target.files[0]) takeFile(target.files[0]);
  target.value = "";
});
named("open").addEventListener("click", () => named("file").click());
named("clear").addEventListener("click", () => {
  take("", { html: false });
  field.focus();
});
for (const button of document.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => takeExample(button));
}

field.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const whole = field.readOnly || (field.selectionStart === 0 && field.selectionEnd === field.value.length);
  // A new source: what it is, and what may go, is chosen anew. Something pasted into a text is only an edit.
  if (text && (field.readOnly || text.length > SHOWN)) {
    event.preventDefault();
    take(text.replaceAll("\r\n", "\n"));
  } else if (text && whole) {
    options(looksLikeHtml(text));
  }
});
field.addEventListener("input", soon);

let within = 0; // elements the dragged file is over, one in another
const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
addEventListener("dragenter", (event) => {
  if (!carriesFile(event)) return;
  within += 1;
  named("drop").hidden = false;
});
addEventListener("dragleave", (event) => {
  if (!carriesFile(event)) return;
  within -= 1;
  if (within <= 0) named("drop").hidden = true;
});
addEventListener("dragover", (event) => carriesFile(event) && event.preventDefault());
addEventListener("drop", (event) => {
  within = 0;
  named("drop").hidden = true;
  if (!carriesFile(event)) return;
  event.preventDefault();
  takeFile(event.dataTransfer.files[0]);
});

// --- options and copies -----------------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => event.preventDefault());
for (const radio of form.elements.scope) radio.addEventListener("change", update);
named("html").addEventListener("change", ({ target }) => {
  scopeIs(target.checked ? "article" : "tail");
  update();
});
for (const id of ["url", "title", "language", "key"]) named(id).addEventListener("input", soon);

const forms = {
  curl: () => asCurl(request(), Boolean(named("key").value)),
  python: () => asPython(request(), Boolean(named("key").value)),
  json: () => asJson(request()),
  body: () => current?.body ?? "",
  answer: () => {
    const { lines, ...answer } = current ?? {};
    return JSON.stringify(answer, null, 2);
  },
};
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copyAndTell(button, forms[button.dataset.copy](), named("copied")));
}

named("kinds").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button) seek(button.dataset.kind);
});

watch(named("lines"));
takeExample(document.querySelector("[data-example]"));
