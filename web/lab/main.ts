// The lab: its parts in the page around them, in the language of whoever looks.
import "../chat/style.css";
import "./shell.css";
import "./content.css";
import { element } from "../chat/elements.ts";
import { chooseLanguage, label, language, onLanguage, say, showLanguage } from "./language.ts";
import { parts } from "./parts.ts";
import { Shell } from "./shell.ts";
import { frameTexts, languageText, navigationText } from "./texts/shell.ts";

for (const [id, text] of Object.entries(frameTexts)) say(element(id, HTMLElement), text);
label(element("nav", HTMLElement), "aria-label", navigationText);
label(element("language", HTMLElement), "aria-label", languageText);

const shell = new Shell(parts);
const languageButtons = element("language", HTMLElement).querySelectorAll<HTMLButtonElement>("[data-language]");
for (const button of languageButtons) {
  button.addEventListener("click", () => chooseLanguage(button.dataset["language"] === "zh" ? "zh" : "en"));
}
onLanguage(() => {
  for (const button of languageButtons) {
    button.setAttribute("aria-pressed", String(button.dataset["language"] === language()));
  }
  shell.showTitle();
});
showLanguage();
