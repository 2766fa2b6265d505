// Who is here, and who of them is typing. A sign of typing that is not renewed lapses, so a lost one does no harm.
import { drawAvatar, element, make, makeAvatar } from "./elements.ts";

/** Twice the time after which a typing page says so again (composer.ts). */
const typingLapsesMs = 6_000;

export class PeopleView {
  readonly #list = element("people", HTMLUListElement);
  readonly #count = element("people-count", HTMLSpanElement);
  readonly #barCount = element("bar-count", HTMLParagraphElement);
  readonly #typingLine = element("typing", HTMLParagraphElement);
  readonly #me = element("me", HTMLDivElement);
  readonly #myName = element("my-name", HTMLElement);
  readonly #myAvatar = element("my-avatar", HTMLSpanElement);
  readonly #typing = new Map<string, number>();

  showMe(name: string): void {
    this.#me.hidden = name === "";
    this.#myName.textContent = name;
    drawAvatar(this.#myAvatar, name);
  }

  /** Lists the members, the own name first. `isCurrent` is false while the connection is gone and nobody knows. */
  show(members: ReadonlySet<string>, ownName: string, isCurrent: boolean): void {
    const others = [...members].filter((name) => name !== ownName).toSorted((a, b) => a.localeCompare(b));
    const names = members.has(ownName) ? [ownName, ...others] : others;
    this.#list.replaceChildren(...names.map((name) => makePerson(name, name === ownName)));
    this.#count.textContent = names.length === 0 ? "" : String(names.length);
    this.#barCount.textContent = isCurrent ? peopleText(names.length) : formerPeopleText(names.length);
    for (const name of this.#typing.keys()) if (!members.has(name)) this.setTyping(name, false);
  }

  setTyping(name: string, active: boolean): void {
    clearTimeout(this.#typing.get(name));
    this.#typing.delete(name);
    if (active)
      this.#typing.set(
        name,
        setTimeout(() => this.setTyping(name, false), typingLapsesMs),
      );
    this.#showTyping();
  }

  clear(): void {
    for (const name of this.#typing.keys()) this.setTyping(name, false);
    this.show(new Set(), "", true);
  }

  #showTyping(): void {
    const names = [...this.#typing.keys()];
    const [first, second] = names;
    this.#typingLine.replaceChildren();
    if (first === undefined) return;
    if (names.length > 2) {
      this.#typingLine.append(`${names.length} people are typing`);
      return;
    }
    this.#typingLine.append(make("bdi", "", first));
    if (second !== undefined) this.#typingLine.append(" and ", make("bdi", "", second));
    this.#typingLine.append(second === undefined ? " is typing" : " are typing");
  }
}

export function peopleText(count: number): string {
  if (count === 0) return "";
  return count === 1 ? "Only you are here" : `${count} people are here`;
}

function formerPeopleText(count: number): string {
  if (count === 0) return "";
  return count === 1 ? "Only you were here" : `${count} people were here`;
}

function makePerson(name: string, isMe: boolean): HTMLLIElement {
  const item = make("li", "");
  item.append(makeAvatar(name), make("bdi", "person", name));
  if (isMe) item.append(make("span", "you", "(you)"));
  return item;
}
