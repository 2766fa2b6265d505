// The line at the bottom of the terminal in `longwire connect`: editing and history by node:readline, pastes as one piece,
// and printing above the line while somebody types. Knows nothing of sockets.
import { StringDecoder } from "node:string_decoder";
import { PassThrough } from "node:stream";
import { clearScreenDown, createInterface, cursorTo, moveCursor } from "node:readline";
import { PasteBoard, PasteFilter, pasteMarks } from "./paste.ts";
import type { Terminal } from "./terminal.ts";

export interface LineReactions {
  /** `expand` puts pasted text in the place of its label; what is a command is judged before. */
  line(text: string, expand: (text: string) => string): void;
  /** Ctrl-C, Ctrl-D or the end of input. May be called more than once. */
  end(): void;
}

export interface LineEditor {
  /** Writes one line above the one being typed, which stays as it is. */
  readonly print: (line: string) => void;
  /** Gives the terminal back. Lines can still be printed. */
  readonly close: () => void;
}

export function openLineEditor(terminal: Terminal, reactions: LineReactions): LineEditor {
  const { stdin, stdout } = terminal;
  const board = new PasteBoard();
  let isOpen = true;
  // readline reads keys from here; pastes never pass through it, so it cannot take their line breaks for Enter.
  const keys = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => stdin.setRawMode?.(raw) });
  const editor = createInterface({
    input: keys,
    output: stdout,
    terminal: true,
    prompt: "> ",
    historySize: 500,
    removeHistoryDuplicates: true,
  });
  const filter = new PasteFilter(
    (text) => keys.write(text),
    (text) => {
      // readline must have seen the keys typed before.
      setImmediate(() => {
        if (isOpen) editor.write(board.keep(text));
      });
    },
  );
  const decoder = new StringDecoder("utf8");
  const receive = (chunk: Buffer): void => filter.receive(decoder.write(chunk));
  const restore = (): void => void stdout.write(pasteMarks.off);

  /** Takes prompt and line off the screen. The cursor is left where the prompt began. */
  const erase = (): void => {
    moveCursor(stdout, 0, -editor.getCursorPos().rows);
    cursorTo(stdout, 0);
    clearScreenDown(stdout);
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    stdin.off("data", receive);
    stdin.off("end", end);
    process.off("exit", restore);
    stdin.pause();
    erase();
    editor.close();
    restore();
  };
  const end = (): void => reactions.end();

  editor.on("line", (text) => {
    reactions.line(text, (line) => board.expand(line));
    if (isOpen) editor.prompt();
  });
  editor.on("SIGINT", end);
  editor.on("close", end);
  stdin.on("data", receive);
  stdin.on("end", end);
  process.on("exit", restore);
  stdout.write(pasteMarks.on);
  editor.prompt();

  return {
    print(line) {
      if (!isOpen) {
        stdout.write(`${line}\n`);
        return;
      }
      erase();
      stdout.write(`${line}\n`);
      // prompt() first goes up by the rows it believes to have drawn, and these are gone. Its field is not in the
      // documentation: should it be renamed, a printed line over a draft of several rows would be drawn over.
      Object.assign(editor, { prevRows: 0 });
      editor.prompt(true);
    },
    close,
  };
}
