// A lab with one part, served on a port of its own, and a page that looks at it: its control socket, what it was told, and whatever it
// opens besides. Everything ends with the test.
import { expect, onTestFinished } from "vitest";
import { openLab } from "../../src/cli/lab/lab.ts";
import type { PartMaker } from "../../src/cli/lab/part.ts";
import { createServer } from "../../src/server/index.ts";
import { WebSocket } from "../../src/socket/index.ts";
import { patient } from "./cli-process.ts";

export interface LabVisit {
  readonly page: string;
  /** With host and port, without a slash at its end. */
  readonly origin: string;
  /** What the part was heard to say, in order. */
  readonly told: readonly unknown[];
  tell(message: unknown): void;
  /** The first that was told and fits, or will be. */
  hear<Report>(fits: (report: Report) => boolean): Promise<Report>;
  leave(): void;
}

export async function visitLab(id: string, part: PartMaker): Promise<LabVisit> {
  const server = createServer({
    http: (request, response) => {
      if (!lab.answer(request, response)) response.writeHead(404).end();
    },
    upgrade: (message, socket, head) => lab.upgrade(message, socket, head),
  });
  const lab = openLab(server, {
    address: () => (server.address === undefined ? undefined : { ...server.address, host: "127.0.0.1" }),
    parts: { [id]: part },
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  const told: unknown[] = [];
  let page = "";
  const socket = new WebSocket(`ws://127.0.0.1:${port}/lab/control`);
  socket.onmessage = ({ data }) => {
    const answer = JSON.parse(String(data)) as { type: string; page?: string; message?: unknown };
    if (answer.type === "page") page = answer.page ?? "";
    if (answer.type === "part") told.push(answer.message);
  };
  onTestFinished(async () => {
    socket.close();
    await lab.close();
    await server.close();
  });
  await expect.poll(() => page, patient).not.toBe("");
  return {
    page,
    origin: `127.0.0.1:${port}`,
    told,
    tell: (message) => void socket.send(JSON.stringify({ type: "part", part: id, message })),
    async hear<Report>(fits: (report: Report) => boolean) {
      let found: Report | undefined;
      const look = (): boolean => (found = (told as Report[]).find(fits)) !== undefined;
      await expect.poll(look, patient).toBe(true);
      return found as Report;
    },
    leave: () => socket.close(),
  };
}
