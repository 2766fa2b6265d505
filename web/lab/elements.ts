// New elements for the parts of the lab: text in both languages, buttons, sliders, choices, cards. Markup is never made from strings, and
// nothing here sets a style but through classes. What index.html promises is found with element() of the chat.
import { label, prose, say, type Text } from "./language.ts";

type Content = string | Text | readonly (Node | undefined)[];

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  content: Content = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  fill(made, content);
  return made;
}

/** A paragraph whose text may contain `code` and [links](https://…). */
export function paragraph(text: Text, className = "lab-text"): HTMLParagraphElement {
  const made = make("p", className);
  prose(made, text);
  return made;
}

/** A part of a part: a frame with a heading. */
export function card(title: Text, content: readonly (Node | undefined)[], className = ""): HTMLElement {
  return make("section", `lab-card ${className}`.trim(), [make("h3", "lab-card-title", title), ...content]);
}

export function button(text: Text, clicked: () => void, className = "quiet-button"): HTMLButtonElement {
  const made = make("button", className, text);
  made.type = "button";
  made.addEventListener("click", clicked);
  return made;
}

/** A button that stays pressed until it is pressed again. */
export function toggle(text: Text, isOn: boolean, changed: (isOn: boolean) => void): HTMLButtonElement {
  const made = button(text, () => {
    const next = made.getAttribute("aria-pressed") !== "true";
    made.setAttribute("aria-pressed", String(next));
    changed(next);
  });
  made.setAttribute("aria-pressed", String(isOn));
  return made;
}

export interface SliderOptions {
  readonly name: Text;
  /** What the positions stand for, in order; a slider over thousands needs few positions. */
  readonly values: readonly number[];
  readonly value: number;
  /** How a value is written beside the slider and told to screen readers. */
  readonly write: (value: number) => Text;
  readonly changed: (value: number) => void;
}

/** A slider over a list of values, with its name and its value in words. */
export function slider(options: SliderOptions): HTMLElement {
  const { name, values, write, changed } = options;
  const input = make("input", "lab-slider-input");
  input.type = "range";
  input.min = "0";
  input.max = String(values.length - 1);
  input.step = "1";
  input.value = String(Math.max(0, values.indexOf(options.value)));
  const output = make("output", "lab-slider-value");
  const show = (): number => {
    const value = values[Number(input.value)] ?? options.value;
    const text = write(value);
    say(output, text);
    input.setAttribute("aria-valuetext", output.textContent ?? "");
    return value;
  };
  input.addEventListener("input", () => changed(show()));
  show();
  // An <output> would take a <label> for its own.
  label(input, "aria-label", name);
  return make("div", "lab-slider", [make("span", "lab-slider-name", name), output, input]);
}

export interface ChoiceOptions<Value extends string> {
  readonly name: Text;
  readonly values: readonly (readonly [Value, Text])[];
  readonly value: Value;
  readonly changed: (value: Value) => void;
}

/** One of a few, all in view. */
export function choice<Value extends string>(options: ChoiceOptions<Value>): HTMLElement {
  const group = make("div", "lab-choice");
  group.setAttribute("role", "group");
  label(group, "aria-label", options.name);
  const buttons = options.values.map(([value, text]) => {
    const made = button(
      text,
      () => {
        for (const [index, other] of buttons.entries()) {
          other.setAttribute("aria-pressed", String(options.values[index]?.[0] === value));
        }
        options.changed(value);
      },
      "lab-choice-button",
    );
    made.setAttribute("aria-pressed", String(value === options.value));
    return made;
  });
  group.append(...buttons);
  return make("div", "lab-choice-line", [make("span", "lab-slider-name", options.name), group]);
}

/** A number with its name below it. `set` writes the number. */
export function counter(name: Text): { readonly root: HTMLElement; set(text: string): void } {
  const number = make("span", "lab-counter-number", "–");
  return {
    root: make("div", "lab-counter", [number, make("span", "lab-counter-name", name)]),
    set(text) {
      if (number.textContent !== text) number.textContent = text;
    },
  };
}

function fill(element: HTMLElement, content: Content): void {
  if (typeof content === "string") element.textContent = content;
  else if ("en" in content) say(element, content);
  else for (const node of content) if (node !== undefined) element.append(node);
}
