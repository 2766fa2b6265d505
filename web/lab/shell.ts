// The page around the parts: navigation by the address's hash, one part in view and running at a time, the notice when the server is
// away. Builds a part when it is first in view; what it showed stays when another one is looked at.
import { element } from "../chat/elements.ts";
import { make, paragraph } from "./elements.ts";
import { pick, say } from "./language.ts";
import type { MountedPart, Part } from "./part.ts";
import { ServerHalf, type ServerState } from "./server-half.ts";
import {
  againText,
  awayText,
  connectingText,
  dismissedText,
  nextText,
  partOfText,
  previousText,
} from "./texts/shell.ts";

interface Place {
  readonly part: Part;
  readonly root: HTMLElement;
  readonly heading: HTMLHeadingElement;
  readonly link: HTMLAnchorElement;
  mounted: MountedPart | undefined;
}

export class Shell {
  readonly #server: ServerHalf;
  readonly #places: readonly Place[];
  #current: Place | undefined;
  #isRunning = false;
  #isThere = false;

  constructor(parts: readonly Part[]) {
    this.#server = new ServerHalf({
      stateChanged: (state) => this.#showState(state),
      told: (part, message) => {
        if (this.#isRunning && this.#current?.part.id === part) this.#current.mounted?.receive?.(message);
      },
    });
    this.#places = parts.map((part, index) => makePlace(part, index, parts.length));
    element("nav-list", HTMLOListElement).append(...this.#places.map(({ link }) => make("li", "", [link])));
    element("places", HTMLDivElement).append(...this.#places.map(({ root }) => root));
    const again = element("again", HTMLButtonElement);
    say(again, againText);
    again.addEventListener("click", () => this.#server.connect());
    // A link of which something is in view gets the focus where it is, be it only its edge.
    for (const { link } of this.#places) link.addEventListener("focus", () => moveIntoView(link));
    addEventListener("hashchange", () => this.#show(true));
    element("skip", HTMLAnchorElement).addEventListener("click", (event) => {
      // Its target is for readers without scripts; here the address names the part in view.
      event.preventDefault();
      this.#current?.heading.focus();
    });
    // A page that is left for good says so by its socket; one that may be shown again has to stop by itself.
    addEventListener("pagehide", () => this.#stop());
    this.#show(false);
    this.#server.connect();
  }

  /** Writes what depends on the language and is no element's text. */
  showTitle(): void {
    if (this.#current !== undefined) document.title = `${pick(this.#current.part.title)} · Longwire`;
  }

  #show(isAsked: boolean): void {
    const wanted = this.#places.find(({ part }) => location.hash === `#${part.id}`) ?? this.#places[0];
    if (wanted === undefined || wanted === this.#current) return;
    this.#stop();
    this.#current = wanted;
    for (const { root, link } of this.#places) {
      const isCurrent = root === wanted.root;
      root.hidden = !isCurrent;
      if (isCurrent) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.#showSteps(wanted);
    this.showTitle();
    wanted.mounted ??= mount(wanted, this.#server);
    moveIntoView(wanted.link);
    if (isAsked) {
      scrollTo(0, 0);
      wanted.heading.focus({ preventScroll: true });
    }
    this.#start();
  }

  #showSteps(current: Place): void {
    const at = this.#places.indexOf(current);
    const before = this.#places[at - 1];
    const next = this.#places[at + 1];
    element("steps", HTMLElement).replaceChildren(
      ...(before === undefined ? [] : [stepTo(before, "previous")]),
      ...(next === undefined ? [] : [stepTo(next, "next")]),
    );
  }

  #start(): void {
    if (!this.#isThere || this.#isRunning || this.#current === undefined) return;
    this.#isRunning = true;
    this.#current.mounted?.start();
  }

  #stop(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#current?.mounted?.stop();
  }

  #showState(state: ServerState): void {
    this.#isThere = state.phase === "there";
    const notice = element("notice", HTMLParagraphElement);
    const text = element("notice-text", HTMLSpanElement);
    notice.hidden = this.#isThere || (state.phase === "connecting" && this.#current?.mounted === undefined);
    element("again", HTMLButtonElement).hidden = state.phase !== "dismissed";
    if (state.phase === "connecting" && text.textContent === "") say(text, connectingText);
    if (state.phase === "away") say(text, awayText);
    if (state.phase === "dismissed") {
      say(text, { en: dismissedText.en + state.reason, zh: dismissedText.zh + state.reason });
    }
    document.documentElement.dataset["server"] = state.phase;
    if (this.#isThere) this.#start();
    else this.#stop();
  }
}

/** On a phone the navigation scrolls sideways. Not scrollIntoView(): the keyboard would begin there. */
function moveIntoView({ offsetLeft, offsetWidth }: HTMLAnchorElement): void {
  const navigation = element("nav", HTMLElement);
  navigation.scrollLeft = offsetLeft - (navigation.clientWidth - offsetWidth) / 2;
}

function makePlace(part: Part, index: number, count: number): Place {
  const heading = make("h1", "lab-title", part.title);
  heading.tabIndex = -1;
  const root = make("section", "lab-part", [
    make("p", "lab-number", partOfText(index + 1, count)),
    heading,
    paragraph(part.lead, "lab-lead"),
  ]);
  root.id = `place-${part.id}`;
  root.hidden = true;
  const number = make("span", "lab-nav-number", String(index + 1));
  number.setAttribute("aria-hidden", "true");
  const link = make("a", "lab-nav-link", [number, make("span", "", part.title)]);
  link.href = `#${part.id}`;
  return { part, root, heading, link, mounted: undefined };
}

function mount({ part, root }: Place, server: ServerHalf): MountedPart {
  const body = make("div", "lab-body");
  root.append(body);
  return part.mount(body, { server });
}

function stepTo({ part }: Place, direction: "next" | "previous"): HTMLAnchorElement {
  const words = direction === "next" ? nextText : previousText;
  const link = make("a", `lab-step lab-step-${direction}`, {
    en: words.en + part.title.en,
    zh: words.zh + part.title.zh,
  });
  link.href = `#${part.id}`;
  return link;
}
