// The list of rooms and the field to open another. Rooms are plain links to `#room`, so the browser's history, "open in
// a new tab" and the keyboard work by themselves; main.ts hears of the change from the address.
import { element, make } from "./elements.ts";
import { recallRooms, rememberRoom } from "./memory.ts";
import { hashOfRoom, toRoomName } from "./room-name.ts";

export class RoomsView {
  readonly #list = element("rooms", HTMLUListElement);
  readonly #title = element("room-title", HTMLHeadingElement);

  constructor() {
    const input = element("room-input", HTMLInputElement);
    input.addEventListener("input", () => input.setCustomValidity(""));
    element("room-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const room = toRoomName(input.value);
      if (room === "") {
        input.setCustomValidity("A room name has at least one letter or digit.");
        input.reportValidity();
        return;
      }
      input.value = "";
      location.hash = hashOfRoom(room);
    });
  }

  show(current: string): void {
    rememberRoom(current);
    this.#title.textContent = `#${current}`;
    const rooms = recallRooms();
    if (!rooms.includes(current)) rooms.push(current);
    this.#list.replaceChildren(...rooms.map((room) => makeEntry(room, room === current)));
  }
}

function makeEntry(room: string, isCurrent: boolean): HTMLLIElement {
  const item = make("li", "");
  const link = make("a", "", room);
  link.href = hashOfRoom(room);
  if (isCurrent) link.setAttribute("aria-current", "page");
  item.append(link);
  return item;
}
