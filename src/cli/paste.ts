// Pasted text in `longwire connect`. Terminals mark a paste when asked to ("bracketed paste"), so that line breaks inside
// it need not send half a message. PasteFilter takes pastes out of what is typed; PasteBoard stands a short label in the
// line for what would not look well there, and puts the text back, byte for byte, when the line is sent.

const begin = "\u001b[200~";
const end = "\u001b[201~";

/** Written to a terminal: mark pastes from now on, and no longer. */
export const pasteMarks = { on: "\u001b[?2004h", off: "\u001b[?2004l" } as const;

/** Sorts a stream of key presses. Any cutting of the input gives the same result, but for a lone escape key. */
export class PasteFilter {
  readonly #receivePaste: (text: string) => void;
  readonly #receiveKeys: (keys: string) => void;
  #pasted: string | undefined;
  #held = "";

  /** The callbacks run inside `receive`, in the order of the input. */
  constructor(receiveKeys: (keys: string) => void, receivePaste: (text: string) => void) {
    this.#receiveKeys = receiveKeys;
    this.#receivePaste = receivePaste;
  }

  receive(chunk: string): void {
    let input = this.#held + chunk;
    this.#held = "";
    while (input !== "") {
      const mark = this.#pasted === undefined ? begin : end;
      const at = input.indexOf(mark);
      if (at === -1) {
        // Without a paste under way, one escape by itself is a key and must not wait.
        const heldLength = unfinishedLength(input, mark, this.#pasted === undefined ? 2 : 1);
        this.#held = input.slice(input.length - heldLength);
        this.#pass(input.slice(0, input.length - heldLength));
        return;
      }
      this.#pass(input.slice(0, at));
      input = input.slice(at + mark.length);
      if (this.#pasted === undefined) {
        this.#pasted = "";
      } else {
        const text = this.#pasted;
        this.#pasted = undefined;
        this.#receivePaste(text);
      }
    }
  }

  #pass(text: string): void {
    if (this.#pasted !== undefined) this.#pasted += text;
    else if (text !== "") this.#receiveKeys(text);
  }
}

/** How many characters at the end of `input` may be the beginning of `mark`; fewer than `least` do not count. */
function unfinishedLength(input: string, mark: string, least: number): number {
  for (let length = Math.min(mark.length - 1, input.length); length >= least; length--) {
    if (mark.startsWith(input.slice(-length))) return length;
  }
  return 0;
}

/** Longer pastes make line editing slow and the line unreadable. */
const longestInline = 200;
/** Pastes kept for lines that are recalled from the history. */
const keptPastes = 20;

export class PasteBoard {
  readonly #texts = new Map<string, string>();
  #count = 0;

  /** What to put into the line for `text`: the text itself when it is short and of one line, otherwise a label. */
  keep(text: string): string {
    // Terminals send CR for the line breaks of a paste.
    const lines = text.replaceAll(/\r\n?/g, "\n");
    if (lines.length <= longestInline && !/\p{C}/u.test(lines)) return lines;
    this.#count += 1;
    const lineCount = lines.split("\n").length;
    const size = lineCount > 1 ? `${lineCount} lines` : `${lines.length} characters`;
    const label = `[paste ${this.#count}: ${size}]`;
    this.#texts.set(label, lines);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= keptPastes) break;
      this.#texts.delete(oldest);
    }
    return label;
  }

  /** `line` with the labels replaced by what they stand for. Text inside a paste is never taken for a label. */
  expand(line: string): string {
    return line.replaceAll(/\[paste \d+: \d+ (?:lines|characters)\]/g, (label) => this.#texts.get(label) ?? label);
  }
}
