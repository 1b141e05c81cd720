// Builds nodes, never markup: text of an article cannot become an element.

/** Return a new element. `attributes` with the value false or null are left out; `children` are nodes or strings. */
export function node(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Return the element with this id. */
export const named = (id) => document.getElementById(id);

/** Put `text` on the clipboard. Pages that came over plain HTTP have no clipboard of their own: the old way, then. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const holder = node("textarea", { class: "sr", readonly: true, tabindex: "-1" });
    holder.value = text;
    const focused = document.activeElement;
    document.body.append(holder);
    holder.select();
    const done = document.execCommand("copy");
    holder.remove();
    focused?.focus();
    if (!done) throw new Error("the browser does not let pages copy");
  }
}

/** Say on a button, and to screen readers in `told`, that its text was copied. */
export async function copyAndTell(button, text, told) {
  const label = (button.dataset.label ??= button.textContent);
  let words = "Copied";
  try {
    await copy(text);
  } catch {
    words = "Not copied";
  }
  button.textContent = words;
  told.textContent = `${words}: ${label}`;
  setTimeout(() => {
    button.textContent = label;
    told.textContent = "";
  }, 1600);
}

/** Return milliseconds in words. */
export function duration(milliseconds) {
  return milliseconds < 1000 ? `${Math.max(1, Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Let the browser draw and answer to keys before we go on. */
export function breathe() {
  return globalThis.scheduler?.yield ? globalThis.scheduler.yield() : new Promise((done) => setTimeout(done));
}
