// The bugs of moving a channel (wire/channels-v1 §5.6), as WIRE §9 lists them; for planted.ts.

import type { Planted } from "./planted.ts";

const mobile = "channels/mobile-channel.ts";
const channel = "channels/channel.ts";
const server = "channels/server-channel.ts";

const bugs: readonly Omit<Planted, "about">[] = [
  {
    name: "the channel is opened in the next session before it has left the last one",
    file: mobile,
    find: "this.#channel().depart((continuation) => this.#continue(continuation));",
    replace: "const last = this.#channel();\n    this.#continue(undefined);\n    last.depart(() => {});",
    seed: 0x1,
  },
  {
    name: "the next server is not given the continuation",
    file: mobile,
    find: "parameters: continuation, continues: true",
    replace: "parameters",
    seed: 0x4,
  },
  {
    name: "the continuation is from before everything was sent",
    file: server,
    find: "closing.prepareMove(() => movable.continuation());",
    replace: "{\n      const stale = movable.continuation();\n      closing.prepareMove(() => stale);\n    }",
    seed: 0x1,
  },
  {
    name: "messages are sent before CLOSE is answered",
    file: mobile,
    find: "if (!this.#isMoving) return this.#channel().send(data);",
    replace: 'if (!this.#isMoving || this.#channel().state === "moving") return this.#channel().send(data);',
    also: [
      {
        file: channel,
        find: 'const isSending = this.state === "open" ||',
        replace: 'const isSending = this.state === "open" || this.state === "moving" ||',
      },
    ],
    seed: 0x1,
  },
  {
    name: "a server answers CLOSE while its handler is busy",
    file: server,
    find: "(closing.isMove && !deliveries.isIdle)",
    replace: "false",
    seed: 0x1,
  },
];

export const plantedInMoves: readonly Planted[] = bugs.map((bug) => ({ ...bug, about: "moves" }));
