// Sec-WebSocket-Accept, computed in this page step by step from a key that can be changed: by acceptKey() of longwire/protocol, the code
// that the server uses. RFC 6455 §4.2.2.
import { acceptKey, createHandshakeKey, isHandshakeKey, systemRandom } from "longwire/protocol";
import { button, card, make, paragraph } from "../elements.ts";
import { label, say } from "../language.ts";
import {
  acceptText,
  acceptTitle,
  badKeyText,
  differentText,
  keyText,
  randomText,
  realText,
  sameText,
  stepTexts,
} from "../texts/handshake.ts";

/** RFC 6455 §1.3: the same for everybody. */
const fixedText = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export class AcceptCard {
  readonly root: HTMLElement;
  readonly #key = make("input", "lab-mono handshake-key");
  readonly #joined = make("p", "lab-mono handshake-value");
  readonly #hash = make("p", "lab-mono handshake-value");
  readonly #accept = make("p", "lab-mono handshake-value");
  readonly #answered = make("p", "lab-mono handshake-value", "–");
  readonly #verdict = make("p", "handshake-verdict");
  #realKey = "";
  #realAccept = "";

  constructor() {
    this.#key.type = "text";
    this.#key.spellcheck = false;
    this.#key.autocomplete = "off";
    label(this.#key, "aria-label", keyText);
    this.#key.addEventListener("input", () => this.#show());
    this.#verdict.setAttribute("role", "status");
    const step = (name: keyof typeof stepTexts, value: HTMLElement): HTMLElement =>
      make("li", "handshake-step", [make("p", "handshake-step-name", stepTexts[name]), value]);
    this.root = card(acceptTitle, [
      paragraph(acceptText),
      make("div", "handshake-key-line", [
        this.#key,
        button(randomText, () => this.#set(createHandshakeKey(systemRandom))),
        button(realText, () => this.#set(this.#realKey)),
      ]),
      make("ol", "handshake-steps", [
        step("join", this.#joined),
        step("hash", this.#hash),
        step("encode", this.#accept),
        step("compare", this.#answered),
      ]),
      this.#verdict,
    ]);
  }

  /** The key and the answer of the connection that was opened. */
  show(request: string, response: string): void {
    this.#realKey = headerOf(request, "sec-websocket-key");
    this.#realAccept = headerOf(response, "sec-websocket-accept");
    this.#answered.textContent = this.#realAccept;
    this.#set(this.#realKey);
  }

  #set(key: string): void {
    this.#key.value = key;
    this.#show();
  }

  #show(): void {
    const key = this.#key.value;
    const accept = acceptKey(key);
    const bytes = Array.from(atob(accept), (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"));
    this.#joined.replaceChildren(
      make("span", "handshake-mark-key", key),
      make("span", "handshake-mark-fixed", fixedText),
    );
    this.#hash.textContent = bytes.join(" ");
    this.#accept.textContent = accept;
    const isSame = accept === this.#realAccept;
    this.#verdict.dataset["verdict"] = isSame ? "good" : "bad";
    say(this.#verdict, !isHandshakeKey(key) ? badKeyText : isSame ? sameText : differentText);
  }
}

function headerOf(head: string, name: string): string {
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    if (line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return "";
}
