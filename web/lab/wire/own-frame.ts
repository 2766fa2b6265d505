// A frame of one's own: chosen, changed bit by bit or in hex, judged before it is sent, and what the server said to it. The bytes in
// the hex field are what is sent; everything else only writes them. Sending itself is the part's.
import { NO_STATUS, Opcode } from "longwire/protocol";
import { mostBytes } from "../../../src/cli/lab/wire/wire.ts";
import { button, card, choice, make, paragraph, toggle } from "../elements.ts";
import { label, prose, say } from "../language.ts";
import {
  backText,
  formTexts,
  hexWrongText,
  judgedTexts,
  judgedWrongText,
  noHeadText,
  nothingText,
  ownText,
  ownTitle,
  restText,
  rightText,
  sendBytesText,
  severalText,
  verdictAnsweredText,
  verdictCutText,
  verdictGoodText,
  verdictNoCodeText,
  verdictRefusedText,
  verdictWaitingText,
  wrongText,
} from "../texts/wire.ts";
import { drawFrame } from "./frame-view.ts";
import { buildFrame, type FramePlan, fromHex, joinBytes, type LengthForm, readFrames, toHex } from "./frames.ts";
import type { FrameList, Passed } from "./frame-list.ts";
import { judge, ruleOf } from "./judgement.ts";
import { type Preset, presets } from "./presets.ts";

const lengthForms: readonly LengthForm[] = ["shortest", "7", "16", "64"];

export class OwnFrame {
  readonly root: HTMLElement;
  readonly #send: (hex: string) => void;
  readonly #hex = make("textarea", "lab-mono wire-hex");
  readonly #drawing = make("div", "wire-place");
  readonly #judged = make("p", "wire-judged");
  readonly #verdict = make("p", "wire-verdict");
  readonly #button: HTMLButtonElement;
  readonly #form = make("div", "wire-form");
  readonly #opcode = make("select");
  readonly #payload = make("input");
  #plan: FramePlan = {
    fin: true,
    rsv: 0,
    opcode: Opcode.text,
    isMasked: true,
    lengthForm: "shortest",
    payload: new TextEncoder().encode("Hello"),
  };
  #answers = 0;
  #isClosed = false;
  #isSent = false;
  /** What the connection has got and waits for the rest of: what is sent next is taken for that rest. */
  #unfinished: Uint8Array = new Uint8Array(0);

  constructor(list: FrameList, send: (hex: string) => void) {
    this.#send = send;
    this.#button = button(sendBytesText, () => this.#sendBytes(), "lab-strong-button");
    this.#hex.rows = 3;
    this.#hex.spellcheck = false;
    this.#hex.autocomplete = "off";
    label(this.#hex, "aria-label", formTexts.hex);
    this.#hex.addEventListener("input", () => this.#changed());
    this.#judged.setAttribute("role", "status");
    this.#verdict.setAttribute("role", "status");
    this.#verdict.hidden = true;
    this.#buildForm();
    this.root = card(ownTitle, [
      paragraph(ownText),
      this.#presets(true),
      this.#presets(false),
      this.#form,
      make("label", "wire-hex-place", [make("span", "lab-slider-name", formTexts.hex), this.#hex]),
      this.#drawing,
      this.#judged,
      make("div", "lab-buttons", [this.#button]),
      this.#verdict,
      make("h4", "wire-heading", backText),
      list.root,
    ]);
    const [first] = presets;
    if (first !== undefined) this.#choose(first);
  }

  /** Puts `bytes` into the hex field and sends them. */
  sendThese(bytes: Uint8Array): void {
    this.#write(bytes);
    this.#sendBytes();
    this.#verdict.scrollIntoView({ block: "center" });
  }

  /** What passed on the raw connection since something was sent. */
  answered(passed: readonly Passed[]): void {
    if (!this.#isSent) return;
    for (const { frame, direction } of passed) {
      if (direction === "up") continue;
      if (frame.header.opcode === Opcode.close) {
        this.#isClosed = true;
        const code = frame.payload.length < 2 ? NO_STATUS : ((frame.payload[0] ?? 0) << 8) | (frame.payload[1] ?? 0);
        const reason = new TextDecoder().decode(frame.payload.subarray(2));
        this.#showClose(code, reason);
      } else if (!this.#isClosed) {
        this.#answers += 1;
        this.#tell("good", verdictGoodText(this.#answers));
      }
    }
  }

  /** The raw connection is over. */
  ended(): void {
    if (this.#isSent && !this.#isClosed) this.#tell("bad", verdictCutText);
    this.#isClosed = true;
    this.#forget();
  }

  /** The next bytes are the first of a new connection. */
  leave(): void {
    this.#isSent = false;
    this.#forget();
  }

  #forget(): void {
    if (this.#unfinished.length === 0) return;
    this.#unfinished = new Uint8Array(0);
    this.#show();
  }

  #showClose(code: number, reason: string): void {
    const rule = ruleOf(reason);
    if (rule !== undefined) this.#tell("bad", verdictRefusedText(code, reason, rule.section));
    else if (code === NO_STATUS) this.#tell("good", verdictNoCodeText);
    else this.#tell("good", verdictAnsweredText(code));
  }

  #tell(mark: "good" | "bad" | "waiting", text: { readonly en: string; readonly zh: string }): void {
    this.#verdict.hidden = false;
    this.#verdict.dataset["verdict"] = mark;
    prose(this.#verdict, text);
  }

  #sendBytes(): void {
    const bytes = this.#bytes;
    if (bytes === undefined || bytes.length === 0) return;
    this.#answers = 0;
    this.#isClosed = false;
    this.#isSent = true;
    this.#tell("waiting", verdictWaitingText);
    const all = joinBytes([this.#unfinished, bytes]);
    this.#unfinished = judge(all).isWaiting ? all : new Uint8Array(0);
    this.#send(toHex(bytes));
  }

  get #bytes(): Uint8Array | undefined {
    const bytes = fromHex(this.#hex.value);
    return bytes === undefined || bytes.length > mostBytes ? undefined : bytes;
  }

  #write(bytes: Uint8Array): void {
    this.#hex.value = toHex(bytes, " ");
    this.#changed();
  }

  /** What was said of other bytes is not said of these. */
  #changed(): void {
    this.#isSent = false;
    this.#verdict.hidden = true;
    this.#verdict.replaceChildren();
    this.#show();
  }

  /** Judges and draws what stands in the hex field. */
  #show(): void {
    const bytes = this.#bytes;
    this.#button.disabled = bytes === undefined || bytes.length === 0;
    if (bytes === undefined) {
      this.#judged.dataset["verdict"] = "bad";
      say(this.#judged, hexWrongText);
      this.#drawing.replaceChildren();
      return;
    }
    if (bytes.length === 0) {
      this.#judged.dataset["verdict"] = "waiting";
      say(this.#judged, nothingText);
      this.#drawing.replaceChildren();
      return;
    }
    const { violation, isWaiting } = judge(joinBytes([this.#unfinished, bytes]));
    this.#judged.dataset["verdict"] = violation === undefined ? (isWaiting ? "waiting" : "good") : "bad";
    if (violation !== undefined) say(this.#judged, judgedWrongText(violation.closeCode, violation.message));
    else say(this.#judged, isWaiting ? judgedTexts.waiting : judgedTexts.good);
    const frames = readFrames(bytes);
    const [first] = frames;
    if (first === undefined) {
      this.#drawing.replaceChildren(make("p", "lab-small", noHeadText));
      return;
    }
    const notes = [
      ...(this.#unfinished.length > 0 ? [make("p", "lab-small", restText)] : []),
      ...(frames.length > 1 ? [make("p", "lab-small", severalText(frames.length))] : []),
    ];
    this.#drawing.replaceChildren(...notes, drawFrame(first));
  }

  #presets(isRight: boolean): HTMLElement {
    const buttons = presets
      .filter((preset) => preset.isRight === isRight)
      .map((preset) => button(preset.name, () => this.#choose(preset), "quiet-button wire-preset"));
    return make("div", "wire-presets", [
      make("span", "lab-slider-name", isRight ? rightText : wrongText),
      make("div", "lab-buttons", buttons),
    ]);
  }

  #choose(preset: Preset): void {
    const bytes = preset.build();
    const frames = readFrames(bytes);
    const [first] = frames;
    if (first !== undefined) this.#adopt(first.header, first.payload);
    this.#write(bytes);
  }

  /** The form shows the frame that was chosen, so that one bit of it can be changed. */
  #adopt(header: ReturnType<typeof readFrames>[number]["header"], payload: Uint8Array): void {
    const extended = header.headerBytes - 2 - (header.masked ? 4 : 0);
    const lengthForm = header.minimal ? "shortest" : extended === 2 ? "16" : "64";
    const { fin, rsv, opcode, masked } = header;
    this.#plan = { fin, rsv, opcode, isMasked: masked, lengthForm, payload };
    this.#buildForm();
  }

  #buildForm(): void {
    const { fin, rsv, opcode, isMasked, lengthForm, payload } = this.#plan;
    const bit = (name: string, isOn: boolean, change: (isOn: boolean) => Partial<FramePlan>): HTMLElement =>
      toggle({ en: name, zh: name }, isOn, (next) => this.#change(change(next)));
    const rsvBit = (name: string, value: number): HTMLElement =>
      bit(name, (rsv & value) !== 0, (isOn) => ({ rsv: isOn ? this.#plan.rsv | value : this.#plan.rsv & ~value }));
    this.#opcode.replaceChildren(
      ...Array.from({ length: 16 }, (_, value) => {
        const name = Object.entries(Opcode).find(([, known]) => known === value)?.[0];
        const option = make("option", "", `0x${value.toString(16)}${name === undefined ? "" : ` ${name}`}`);
        option.value = String(value);
        return option;
      }),
    );
    this.#opcode.value = String(opcode);
    this.#opcode.onchange = (): void => this.#change({ opcode: Number(this.#opcode.value) });
    this.#payload.type = "text";
    this.#payload.value = isText(payload) ? new TextDecoder().decode(payload) : "";
    this.#payload.oninput = (): void => this.#change({ payload: new TextEncoder().encode(this.#payload.value) });
    this.#form.replaceChildren(
      make("div", "lab-choice-line", [
        make("span", "lab-slider-name", formTexts.bits),
        make("div", "lab-buttons", [
          bit("FIN", fin, (isOn) => ({ fin: isOn })),
          rsvBit("RSV1", 4),
          rsvBit("RSV2", 2),
          rsvBit("RSV3", 1),
          bit("MASK", isMasked, (isOn) => ({ isMasked: isOn })),
        ]),
      ]),
      make("label", "lab-choice-line", [make("span", "lab-slider-name", formTexts.opcode), this.#opcode]),
      choice({
        name: formTexts.lengthForm,
        values: lengthForms.map((form) => [form, formTexts[form]] as const),
        value: lengthForm,
        changed: (form) => this.#change({ lengthForm: form }),
      }),
      make("label", "lab-choice-line", [make("span", "lab-slider-name", formTexts.payload), this.#payload]),
    );
  }

  #change(change: Partial<FramePlan>): void {
    this.#plan = { ...this.#plan, ...change };
    this.#write(buildFrame(this.#plan));
  }
}

function isText(payload: Uint8Array): boolean {
  return payload.every((byte) => byte >= 0x20 && byte < 0x7f);
}
