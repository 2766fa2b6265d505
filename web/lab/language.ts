// English and Chinese: which one is chosen, and the elements that follow the choice. What an element says is kept beside it and
// not in it, so that a switch only has to look at the document; elements that are gone are forgotten with it.

export interface Text {
  readonly en: string;
  readonly zh: string;
}

export type Language = "en" | "zh";

type Slot = "text" | "prose" | "aria-label" | "title" | "placeholder";

const key = "longwire.lab.language";
const said = new WeakMap<Element, Map<Slot, Text>>();
const listeners = new Set<() => void>();
let chosen: Language = recall();

export function language(): Language {
  return chosen;
}

/** `text` in the language that is chosen now. */
export function pick(text: Text): string {
  return text[chosen];
}

/** Switches everything in the document, and remembers it. */
export function chooseLanguage(next: Language): void {
  chosen = next;
  try {
    localStorage.setItem(key, next);
  } catch {
    // Forgotten with the page, then.
  }
  showLanguage();
}

/** Calls `listener` after each switch, for what say() and prose() do not reach, such as pictures. */
export function onLanguage(listener: () => void): void {
  listeners.add(listener);
}

/** The element's text, in either language from now on. */
export function say(element: Element, text: Text): void {
  keep(element, "text", text);
}

/** The same for text with `code` and [links](https://…) in it. */
export function prose(element: Element, text: Text): void {
  keep(element, "prose", text);
}

/** The same for an attribute. */
export function label(element: Element, slot: "aria-label" | "title" | "placeholder", text: Text): void {
  keep(element, slot, text);
}

/** Forgets what the element says, so that its text can be set by hand. */
export function unsay(element: Element): void {
  said.delete(element);
  element.removeAttribute("data-said");
}

/** Writes everything in the document anew. */
export function showLanguage(): void {
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
  for (const element of document.querySelectorAll("[data-said]")) {
    for (const [slot, text] of said.get(element) ?? []) write(element, slot, text);
  }
  for (const listener of listeners) listener();
}

function keep(element: Element, slot: Slot, text: Text): void {
  const slots = said.get(element) ?? new Map<Slot, Text>();
  if (slot === "text" || slot === "prose") slots.delete(slot === "text" ? "prose" : "text");
  slots.set(slot, text);
  said.set(element, slots);
  element.setAttribute("data-said", "");
  write(element, slot, text);
}

function write(element: Element, slot: Slot, text: Text): void {
  const words = text[chosen];
  if (slot === "text") {
    if (element.textContent !== words) element.textContent = words;
  } else if (slot === "prose") {
    element.replaceChildren(...inline(words));
  } else {
    element.setAttribute(slot, words);
  }
}

/** Text with `code` and [label](https://…) as nodes; everything else stays as it is written. */
export function inline(text: string): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const match of text.matchAll(/`([^`]+)`|\[([^\]]+)\]\((https:\/\/[^)\s]+|#[\w-]+)\)/g)) {
    if (match.index > end) nodes.push(document.createTextNode(text.slice(end, match.index)));
    end = match.index + match[0].length;
    const [, code, name, href = ""] = match;
    if (code !== undefined) {
      const made = document.createElement("code");
      made.textContent = code;
      nodes.push(made);
    } else {
      const made = document.createElement("a");
      made.textContent = name ?? "";
      made.href = href;
      if (href.startsWith("https:")) {
        made.target = "_blank";
        made.rel = "noopener noreferrer";
      }
      nodes.push(made);
    }
  }
  if (end < text.length) nodes.push(document.createTextNode(text.slice(end)));
  return nodes;
}

function recall(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(key);
  } catch {
    // Storage may be forbidden.
  }
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
