// The thread in which virtual hours pass: lives what it is given, tells the stories, ends. A program of its own, which lodge.ts starts.
import { parentPort, workerData } from "node:worker_threads";
import { liveAll } from "./life.ts";
import type { LifeSettings } from "./wire.ts";

if (parentPort !== null) {
  const port = parentPort;
  await liveAll(workerData as LifeSettings, (story) => port.postMessage(story));
}
