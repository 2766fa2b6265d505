import { describe, expectTypeOf, it } from "vitest";
import { createServer, type ServerSocket } from "../../../src/server/index.ts";
import { chatRoutes } from "../../../src/cli/chat/route.ts";

describe("types of a server", () => {
  it("give handlers the parameters of the pattern and the user of authenticate", () => {
    const server = createServer({ authenticate: async () => Promise.resolve({ name: "Ada" }) });
    server.route("/chat/:room", {
      open(socket, { params, user }) {
        expectTypeOf(params.room).toEqualTypeOf<string>();
        expectTypeOf(user).toEqualTypeOf<{ name: string }>();
        expectTypeOf(socket.params.room).toEqualTypeOf<string>();
        expectTypeOf(socket.user.name).toEqualTypeOf<string>();
        // @ts-expect-error the pattern names no such parameter
        void params.rooms;
      },
      message(socket, data) {
        expectTypeOf(data).toEqualTypeOf<string | Uint8Array>();
        server.publish(`room:${socket.params.room}`, data, { except: socket });
      },
    });
    server.route("/clock", (socket, { user }) => {
      expectTypeOf(user.name).toEqualTypeOf<string>();
      socket.onmessage = (event) => void socket.send(event.data as string);
    });
    server.route("/mine", {
      authenticate: () => 7,
      open(_socket, { user }) {
        expectTypeOf(user).toEqualTypeOf<number>();
      },
    });
    createServer().route("/x", {
      open(_socket, { user }) {
        expectTypeOf(user).toEqualTypeOf<undefined>();
      },
    });
    expectTypeOf(server.sockets).toEqualTypeOf<ReadonlySet<ServerSocket>>();
  });

  it("fit routes that were written against a part of the interface", () => {
    expectTypeOf(chatRoutes).toBeCallableWith(createServer());
  });
});
