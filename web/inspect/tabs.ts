// The tabs of the left column: one panel in view, arrow keys between them, as people who use a keyboard expect.
import { element } from "../chat/elements.ts";

const names = ["open", "events", "counts"] as const;

export function showTabs(): void {
  const tabs = names.map((name) => element(`tab-${name}`, HTMLButtonElement));
  const panels = names.map((name) => element(`panel-${name}`, HTMLElement));
  const show = (chosen: number): void => {
    for (const [index, tab] of tabs.entries()) {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
    }
    for (const [index, panel] of panels.entries()) panel.hidden = index !== chosen;
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => show(index));
    tab.addEventListener("keydown", ({ key }) => {
      const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
      if (step === 0) return;
      const next = (index + step + tabs.length) % tabs.length;
      show(next);
      tabs[next]?.focus();
    });
  }
}
