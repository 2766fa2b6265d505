// A WebSocket URL taken apart by parseWebSocketUrl() of longwire/protocol; what is wrong with a wrong one, in words.
import { isBlockedPort, parseWebSocketUrl, type WebSocketUrl } from "longwire/protocol";
import { button, card, make, paragraph } from "../elements.ts";
import { label, prose, type Text } from "../language.ts";
import {
  blockedPortText,
  credentialsText,
  defaultPortText,
  encryptedText,
  partTexts,
  plainText,
  requestLineText,
  rewrittenText,
  urlFaults,
  urlFieldText,
  urlText,
  urlTitle,
} from "../texts/handshake.ts";

const examples: readonly string[] = [
  "ws://localhost:8101/chat",
  "wss://example.com/chat?room=1",
  "wss://[2001:db8::1]:8443/",
  "https://example.com/news",
  "ws://example.com:25/",
  "wss://example.com/chat#latest",
  "ftp://example.com/",
  "example.com/chat",
];

export class UrlCard {
  readonly root: HTMLElement;
  readonly #input = make("input", "lab-mono handshake-url");
  readonly #parts = make("dl", "handshake-parts");
  readonly #notes = make("div", "handshake-url-notes");

  constructor() {
    this.#input.type = "text";
    this.#input.spellcheck = false;
    this.#input.autocomplete = "off";
    label(this.#input, "aria-label", urlFieldText);
    this.#input.addEventListener("input", () => this.#show());
    this.#notes.setAttribute("role", "status");
    const example = (url: string): HTMLElement =>
      button({ en: url, zh: url }, () => this.#set(url), "quiet-button handshake-example");
    this.root = card(urlTitle, [
      paragraph(urlText),
      this.#input,
      make("div", "lab-buttons", examples.map(example)),
      this.#parts,
      this.#notes,
    ]);
    this.#set("wss://example.com/chat?room=1");
  }

  #set(url: string): void {
    this.#input.value = url;
    this.#show();
  }

  #show(): void {
    const text = this.#input.value.trim();
    let url: WebSocketUrl;
    try {
      url = parseWebSocketUrl(text);
    } catch {
      this.#parts.replaceChildren();
      this.#note([faultOf(text)], "bad");
      return;
    }
    const written = /^[a-z]+/i.exec(text)?.[0].toLowerCase() ?? "";
    const scheme = url.secure ? "wss" : "ws";
    const hasDefaultPort = url.port === (url.secure ? 443 : 80);
    this.#parts.replaceChildren(
      ...part("scheme", scheme, url.secure ? encryptedText : plainText),
      ...(url.authorization === undefined ? [] : part("credentials", "…", credentialsText)),
      ...part("host", url.hostname),
      ...part("port", String(url.port), hasDefaultPort ? defaultPortText : undefined),
      ...part("path", url.path),
    );
    const notes: Text[] = [requestLineText(`GET ${url.path} HTTP/1.1`)];
    if (written !== scheme) notes.push(rewrittenText(written, scheme));
    const isBlocked = isBlockedPort(url.port);
    if (isBlocked) notes.push(blockedPortText(url.port));
    this.#note(notes, isBlocked ? "bad" : "good");
  }

  #note(notes: readonly Text[], verdict: "good" | "bad"): void {
    this.#notes.dataset["verdict"] = verdict;
    this.#notes.replaceChildren(
      ...notes.map((note) => {
        const line = make("p");
        prose(line, note);
        return line;
      }),
    );
  }
}

function part(name: keyof typeof partTexts, value: string, note?: Text): HTMLElement[] {
  const [term, words] = [make("dt", "", partTexts[name]), make("dd", "", [make("span", "lab-mono", value)])];
  if (note !== undefined) words.append(make("span", "handshake-part-note", note));
  return [term, words];
}

function faultOf(text: string): Text {
  if (!URL.canParse(text)) return urlFaults.none;
  const { protocol } = new URL(text);
  return /^(?:wss?|https?):$/.test(protocol) ? urlFaults.fragment : urlFaults.scheme;
}
