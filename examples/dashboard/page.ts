// The page of the dashboard: keeps the last minute, draws it, and says so when what it shows is no longer fresh.
import { WebSocket } from "longwire/client";

interface Sample {
  readonly at: number;
  readonly load: number;
  readonly memory: number;
  readonly viewers: number;
}

const minute: Sample[] = [];
const state = element("state");
const socket = new WebSocket("/samples");

socket.onmessage = ({ data }) => {
  for (const sample of JSON.parse(String(data)) as Sample[]) {
    // What came before is here already, when a new process begins with its own last minute.
    if (sample.at > (minute.at(-1)?.at ?? 0)) minute.push(sample);
  }
  minute.splice(0, minute.length - 60);
  draw();
};
socket.onopen = () => show("live");
socket.addEventListener("suspend", () => show("no network; this is what was known"));
socket.addEventListener("resume", () => show("live"));
socket.onclose = () => show("the server has gone; reload to try again");

function show(text: string): void {
  state.textContent = text;
}

function draw(): void {
  const last = minute.at(-1);
  if (last === undefined) return;
  element("load").textContent = `${Math.round(last.load * 100)} %`;
  element("memory").textContent = `${Math.round(last.memory * 100)} %`;
  element("viewers").textContent = String(last.viewers);
  const points = minute.map(({ load }, index) => `${index * 5},${60 - Math.min(load, 1) * 60}`);
  element("line").setAttribute("points", points.join(" "));
}

function element(id: string): Element {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element "${id}".`);
  return found;
}
