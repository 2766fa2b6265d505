// A table of facts that changes while it is looked at, and that can be copied: tab-separated, so that a spreadsheet takes it.
// Cells are text; on a phone the table scrolls sideways in its own frame and its first column stays.
import { button, make } from "./elements.ts";
import { label, pick, say, type Text } from "./language.ts";
import { copiedText, copyText } from "./texts/shell.ts";

export interface TableRow {
  readonly name: Text;
  /** Marks the row with a colour of the part's own: `data-mark`. */
  readonly mark?: string;
}

export class Table {
  readonly root: HTMLElement;
  readonly #columns: readonly Text[];
  readonly #rows: readonly TableRow[];
  readonly #cells: readonly (readonly HTMLTableCellElement[])[];

  constructor(caption: Text, columns: readonly Text[], rows: readonly TableRow[]) {
    this.#columns = columns;
    this.#rows = rows;
    const head = make("tr", "", [
      make("td"),
      ...columns.map((column) => {
        const made = make("th", "", column);
        made.scope = "col";
        return made;
      }),
    ]);
    const cells: HTMLTableCellElement[][] = [];
    const body = make(
      "tbody",
      "",
      rows.map(({ name, mark }) => {
        const first = make("th", "", name);
        first.scope = "row";
        if (mark !== undefined) first.dataset["mark"] = mark;
        const own = columns.map(() => make("td", "", "–"));
        cells.push(own);
        return make("tr", "", [first, ...own]);
      }),
    );
    this.#cells = cells;
    const table = make("table", "lab-table", [make("caption", "unseen", caption), make("thead", "", [head]), body]);
    const frame = make("div", "lab-table-frame", [table]);
    // Who has no pointer scrolls it with the keys.
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    label(frame, "aria-label", caption);
    const copy = button(copyText, () => {
      void navigator.clipboard?.writeText(this.toText()).then(
        () => say(copy, copiedText),
        () => this.#select(table),
      );
      if (navigator.clipboard === undefined) this.#select(table);
      setTimeout(() => say(copy, copyText), 2_000);
    });
    copy.classList.add("lab-copy");
    this.root = make("div", "lab-table-place", [frame, copy]);
  }

  set(row: number, column: number, text: string): void {
    const cell = this.#cells[row]?.[column];
    if (cell !== undefined && cell.textContent !== text) cell.textContent = text;
  }

  /** With tabs between and the names in the language chosen. */
  toText(): string {
    const lines = [["", ...this.#columns.map(pick)]];
    for (const [index, row] of this.#rows.entries()) {
      lines.push([pick(row.name), ...(this.#cells[index] ?? []).map((cell) => cell.textContent ?? "")]);
    }
    return lines.map((line) => line.join("\t")).join("\n");
  }

  /** Where a page may not write to the clipboard (plain http from another machine), the text is at least marked. */
  #select(table: HTMLElement): void {
    getSelection()?.selectAllChildren(table);
  }
}
