// The two things this page asks of the DOM: an element that index.html promises, and a new one. Text goes in through
// textContent only; markup is never made from strings.

/** The element with this id. A page that lacks it is broken, and says so at once. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} with the id ${id}`);
  return found;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.textContent = text;
  return made;
}

/** A disc with the first letter of a name, in a colour that the same name always has. Decoration: it is hidden from screen readers. */
export function makeAvatar(name: string): HTMLSpanElement {
  const avatar = make("span", "avatar");
  avatar.setAttribute("aria-hidden", "true");
  drawAvatar(avatar, name);
  return avatar;
}

export function drawAvatar(avatar: HTMLElement, name: string): void {
  let hash = 7;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  avatar.dataset["hue"] = String(hash % 8);
  avatar.textContent = (Array.from(name)[0] ?? "").toLocaleUpperCase();
}
