// Every close code with its meaning, from the table of longwire/protocol, and a button for each that sends it on the raw connection.
import { closeCodes } from "longwire/protocol";
import { button, card, make, paragraph } from "../elements.ts";
import { label } from "../language.ts";
import { codeMeanings, codesText, codesTitle, longwireText, neverText, onWireText, tryText } from "../texts/wire.ts";

/** RFC 6455 §7.4.2: from here on whoever speaks agrees on the meaning. */
const firstOfApplications = 4_000;

export function closeCodeCard(tried: (code: number) => void): HTMLElement {
  return card(codesTitle, [
    paragraph(codesText),
    make(
      "ul",
      "wire-codes",
      closeCodes.map(({ code, name, meaning, wire }) => {
        const attempt = button(tryText, () => tried(code));
        label(attempt, "aria-label", { en: `Try ${code}`, zh: `试试 ${code}` });
        const item = make("li", "wire-code", [
          make("span", "wire-code-number", String(code)),
          make("span", "wire-code-words", [
            make("span", "wire-code-name", name),
            make("span", "wire-code-meaning", { en: meaning, zh: codeMeanings[code] ?? meaning }),
          ]),
          make("span", "wire-code-way", code >= firstOfApplications ? longwireText : wire ? onWireText : neverText),
          attempt,
        ]);
        item.dataset["wire"] = String(wire);
        return item;
      }),
    ),
  ]);
}
