// Where the page has its token from: the part of its address behind the #, which is taken out of sight at once, then, for this tab only,
// its session storage, and at last whoever pastes it.
import { element } from "../chat/elements.ts";

const KEY = "longwire.inspector";

/** Empty when there is none yet. */
export function findToken(): string {
  const given = location.hash.slice(1);
  // A link within the page is no token.
  if (/^[\w-]{22}$/.test(given)) {
    history.replaceState(null, "", location.pathname);
    keepToken(given);
    return given;
  }
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function keepToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // A browser that keeps nothing asks again after a reload.
  }
}

/** Asks whoever sits here. `wrong`: the last one was not good. */
export function askToken(wrong: boolean, receive: (token: string) => void): void {
  const dialog = element("token-dialog", HTMLDialogElement);
  const input = element("token-input", HTMLInputElement);
  const text = element("token-text", HTMLElement);
  if (wrong) text.textContent = "That was not this inspector's token: a server that starts anew prints another one.";
  element("token-form", HTMLFormElement).onsubmit = () => {
    const token = /[\w-]{22}$/.exec(input.value.trim())?.[0] ?? "";
    keepToken(token);
    input.value = "";
    receive(token);
  };
  if (!dialog.open) dialog.showModal();
}
