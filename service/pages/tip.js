// Shows the reason of the removed line that is pointed at or focused. Screen readers have it in the line itself.

import { named, node } from "./nodes.js";
import { reasons, shown } from "./show.js";

// Milliseconds in which the pointer may leave the line for the reason, to mark and copy it.
const LINGER = 150;
const EDGE = 8; // CSS pixels that stay free around the reason

const tip = named("tip");
let of = null;
let leaving = 0;

function show(item) {
  clearTimeout(leaving);
  if (item === of && !tip.hidden) return;
  of = item;
  tip.replaceChildren(...reasons(shown.get(item)).map((reason) => node("p", {}, reason)));
  tip.hidden = false;
  place();
}

function place() {
  const { left, top, bottom } = of.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const below = bottom + height + EDGE < innerHeight;
  tip.style.left = `${Math.max(EDGE, Math.min(left, document.documentElement.clientWidth - width - EDGE))}px`;
  tip.style.top = `${below ? bottom : top - height}px`;
}

// Focus by key scrolls too: the reason goes along with a line that is still pointed at or focused.
function scrolled() {
  if (of?.matches(":hover, :focus-within")) place();
  else hide();
}

function hide() {
  clearTimeout(leaving);
  tip.hidden = true;
  of = null;
}

/** Watch the lines in `place`. */
export function watch(place) {
  const item = (event) => event.target.closest?.("li[data-kind]");
  place.addEventListener("pointerover", (event) => item(event) && show(item(event)));
  place.addEventListener("focusin", (event) => item(event) && show(item(event)));
  place.addEventListener("click", (event) => item(event) && show(item(event)));
  place.addEventListener("focusout", hide);
  for (const part of [place, tip]) {
    part.addEventListener("pointerout", () => {
      clearTimeout(leaving);
      if (!of?.contains(document.activeElement)) leaving = setTimeout(hide, LINGER);
    });
  }
  tip.addEventListener("pointerover", () => clearTimeout(leaving));
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
  addEventListener("scroll", scrolled, { passive: true, capture: true });
}
