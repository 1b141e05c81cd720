// Shows an answer: the article in the middle, what was removed beside it.

import { breathe, duration, named, node } from "./nodes.js";

// Lines of one chunk. Of a longer article, chunks out of sight are not laid out: it costs what is seen of it.
const CHUNK = 120;
// Letters of one piece. A line without an end would be one chunk after all.
const PIECE = 4000;
// Parts of the strip; more could not be told apart.
const PARTS = 200;
// Milliseconds of building, after which the browser gets its turn: shorter than a frame.
const TURN = 10;
// A first line that is no longer than this, and does not end as a sentence does, is set as a headline.
const HEADLINE = 160;

const count = new Intl.NumberFormat("en");
const day = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" });
const tongue = new Intl.DisplayNames("en", { type: "language" });
const words = (kind) => kind.replaceAll("_", " ");
const lines = (number) => `${count.format(number)} ${number === 1 ? "line" : "lines"}`;

/** The line that an element of the article stands for. */
export const shown = new WeakMap();

let latest = 0;

/** Show what an answer says in figures. */
export function summarise(answer, milliseconds) {
  const removed = answer.lines.filter((line) => line.removed);
  named("told").textContent = removed.length
    ? `${count.format(removed.length)} of ${lines(answer.lines.length)} removed`
    : `${lines(answer.lines.length)}, nothing removed`;
  // A headline that is kept stands in the article.
  const titled = answer.lines.some((line) => !line.removed && line.text === answer.title);
  const facts = [
    ["Title", titled ? null : answer.title],
    ["Language", answer.language && languageName(answer.language)],
    ["Published", answer.published && day.format(new Date(`${answer.published}T00:00:00Z`))],
    ["Related links", count.format(answer.related.length)],
    ["Body", `${count.format(characters(answer.body))} characters`],
    ["Time", duration(milliseconds)],
    ["Note", answer.note],
  ];
  named("facts").replaceChildren(
    ...facts.filter(([, value]) => value).map(([name, value]) => node("div", { class: `fact-${name.toLowerCase().split(" ")[0]}` }, node("dt", {}, name), node("dd", { dir: "auto" }, value))),
  );
  const kinds = new Map();
  for (const { kind } of removed) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  named("kinds").replaceChildren(
    ...[...kinds].map(([kind, number]) =>
      node("li", {}, node("button", { type: "button", "data-kind": kind }, `${words(kind)} `, node("b", {}, count.format(number)))),
    ),
  );
  named("strip").replaceChildren(...strip(answer.lines));
}

function characters(text) {
  let points = 0;
  for (const _ of text) points += 1;
  return points;
}

// The whole source as one strip: how much of it stays, how much goes, and where.
function strip(all) {
  const parts = merged(all.map((line) => ({ kind: line.removed ? line.kind : null, length: line.end - line.start })));
  return (parts.length > PARTS ? merged(sampled(all)) : parts).map(({ kind, length }) => {
    const made = node("i", { "data-kind": kind });
    made.style.flexGrow = length;
    return made;
  });
}

function merged(parts) {
  const found = [];
  for (const part of parts) {
    if (found.at(-1)?.kind === part.kind) found.at(-1).length += part.length;
    else found.push({ ...part });
  }
  return found;
}

function sampled(all) {
  const lines = Array.from({ length: PARTS }, (_, part) => all[Math.floor((part * all.length) / PARTS)]);
  return lines.map((line) => ({ kind: line.removed ? line.kind : null, length: 1 }));
}

function languageName(tag) {
  try {
    return tongue.of(tag);
  } catch {
    return tag;
  }
}

/** Show the lines of an answer, in turns; a later answer ends this one. */
export async function article(answer, source) {
  const mine = ++latest;
  const last = answer.lines.findLastIndex((line) => !line.removed);
  for (const id of ["article", "tail"]) named(id).replaceChildren();
  named("lines").classList.toggle("long", answer.lines.length > CHUNK);
  let turn = performance.now();
  for (const { runs, tail } of chunks(answer.lines, source, last)) {
    if (tail) named("tail").append(goneNode(runs[0]));
    else named("article").append(node("div", { class: "chunk" }, ...runs.map((run) => runNode(run, answer.language, last))));
    if (performance.now() - turn > TURN) {
      await breathe();
      if (mine !== latest) return;
      turn = performance.now();
    }
  }
}

/** Forget what is being shown. */
export function forget() {
  latest += 1;
  for (const id of ["article", "tail", "strip"]) named(id).replaceChildren();
  links([]);
}

/** Move to the first removed line of this kind. */
export function seek(kind) {
  const found = named("result").querySelector(`.gone [data-kind="${kind}"] button`);
  found?.scrollIntoView({ block: "center" });
  found?.focus({ preventScroll: true });
}

// Chunks of runs: lines that all stay, or all go. What follows the last kept line is the tail, a run for each chunk.
function* chunks(all, source, last) {
  let runs = [];
  let size = 0;
  let at = 0; // in the source, counted as JavaScript counts
  let end = 0; // of the line before, counted in code points
  for (const [index, line] of all.entries()) {
    const before = at;
    for (let points = end; points < line.start; points += 1) at += source.codePointAt(at) > 0xffff ? 2 : 1;
    const paragraph = source.slice(before, at).split("\n").length > 2;
    at += line.text.length;
    end = line.end;
    if (runs.length && (size >= CHUNK || index === last + 1)) {
      yield { runs, tail: index > last + 1 };
      runs = [];
      size = 0;
    }
    if (runs.at(-1)?.removed !== line.removed) runs.push({ removed: line.removed, items: [] });
    runs.at(-1).items.push({ line, index, paragraph });
    size += 1;
  }
  if (runs.length) yield { runs, tail: all.length > last + 1 };
}

function runNode(run, language, last) {
  if (run.removed) return goneNode(run);
  return node("div", { class: "kept", lang: language }, ...run.items.flatMap((item) => keptNodes(item, last)));
}

function goneNode({ items }) {
  return node("ul", { class: "gone" }, ...items.map(cutNode));
}

function cutNode({ line }) {
  const why = `, because: ${reasons(line).join("; ")}`;
  const made = node(
    "li",
    // The direction is that of the line: an element with a direction of its own, such as the label, has no say in it.
    { "data-kind": line.kind, dir: "auto" },
    node("button", { type: "button", class: "kind", dir: "ltr" }, words(line.kind), node("span", { class: "sr" }, why)),
    ...pieces(line.text).map((piece) => node("p", {}, piece)),
  );
  shown.set(made, line);
  return made;
}

function keptNodes({ line, index, paragraph }, last) {
  const headline = index === 0 && line.text.length <= HEADLINE && !/[.!?…。！？।؟]["”»)]*$/u.test(line.text);
  const made = pieces(line.text).map((piece, number) =>
    node(headline ? "h2" : "p", { dir: "auto", class: paragraph && number === 0 && index ? "paragraph" : null }, piece),
  );
  if (index === last) {
    made.at(-1).append("\u00a0", node("span", { class: "tombstone" }, node("span", { class: "sr" }, "End of the article")));
  }
  return made;
}

function pieces(text) {
  if (text.length <= PIECE) return [text];
  const found = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PIECE, text.length);
    if (end < text.length) {
      const space = text.lastIndexOf(" ", end);
      if (space > start) end = space + 1;
      else if (text.codePointAt(end - 1) > 0xffff) end -= 1;
    }
    found.push(text.slice(start, end));
    start = end;
  }
  return found;
}

/** Return why a line is taken for what it is, and how surely. */
export function reasons(line) {
  return [...line.evidence, `${Math.round(line.confidence * 100)} % sure`];
}

/** Show the related links, each list under the words it stood under. */
export function links(related) {
  named("related").hidden = !related.length;
  const lists = new Map();
  for (const link of related) {
    if (!lists.has(link.heading)) lists.set(link.heading, []);
    lists.get(link.heading).push(link);
  }
  named("links").replaceChildren(
    ...[...lists].flatMap(([heading, found]) => [
      heading && node("h3", { dir: "auto" }, heading),
      node("ul", {}, ...found.map(linkNode)),
    ].filter(Boolean)),
  );
}

function linkNode({ title, url, date }) {
  const safe = url && ["http:", "https:"].includes(new URL(url, "about:blank").protocol);
  const text = safe ? node("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, title) : title;
  return node(
    "li",
    { dir: "auto" },
    text,
    date ? node("time", { datetime: date }, day.format(new Date(`${date}T00:00:00Z`))) : null,
    safe ? node("span", { class: "host", dir: "ltr" }, new URL(url).host) : null,
  );
}
