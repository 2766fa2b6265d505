// What runs inside the pages of browsers.test.ts. A browser gets each function as its source alone, so none of them uses
// anything from outside itself: not each other either.

export async function echoTexts({ path, texts }: { path: string; texts: readonly string[] }): Promise<string[]> {
  const socket = new WebSocket(path);
  const echoes: string[] = [];
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error("the socket failed"));
    socket.onopen = () => {
      for (const text of texts) socket.send(text);
    };
    socket.onmessage = ({ data }) => {
      echoes.push(data as string);
      if (echoes.length < texts.length) return;
      socket.close();
      resolve(echoes);
    };
  });
}

/** Each echo as its class, its length and its bytes. */
export async function echoBytes({ path }: { path: string }): Promise<{ asBuffer: string[]; asBlob: string[] }> {
  const lines: Record<BinaryType, string[]> = { arraybuffer: [], blob: [] };
  for (const type of ["arraybuffer", "blob"] as const) {
    const socket = new WebSocket(path);
    if (type === "arraybuffer") socket.binaryType = type;
    const echoes = await new Promise<(ArrayBuffer | Blob)[]>((resolve, reject) => {
      const received: (ArrayBuffer | Blob)[] = [];
      socket.onerror = () => reject(new Error("the socket failed"));
      socket.onopen = () => {
        const bytes = new Uint8Array([0, 1, 255]);
        socket.send(bytes.buffer);
        socket.send(bytes.subarray(1));
        socket.send(new Blob([new Uint8Array([9, 8]), new Uint8Array([7, 6])]));
        socket.send(new ArrayBuffer(0));
      };
      socket.onmessage = ({ data }) => {
        if (received.push(data as ArrayBuffer | Blob) === 4) resolve(received);
      };
    });
    socket.close();
    for (const echo of echoes) {
      const bytes = new Uint8Array(echo instanceof Blob ? await echo.arrayBuffer() : echo);
      lines[type].push(`${echo.constructor.name} ${bytes.length} ${bytes.join()}`);
    }
  }
  return { asBuffer: lines.arraybuffer, asBlob: lines.blob };
}

export async function echoLarge({ path, size }: { path: string; size: number }): Promise<{
  sameText: boolean;
  sameBytes: boolean;
  buffered: number;
}> {
  const text = "é".repeat(size / 2);
  const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251);
  const socket = new WebSocket(path);
  socket.binaryType = "arraybuffer";
  const [first, second] = await new Promise<[string, ArrayBuffer]>((resolve, reject) => {
    const echoes: unknown[] = [];
    socket.onerror = () => reject(new Error("the socket failed"));
    socket.onopen = () => {
      socket.send(text);
      socket.send(bytes);
    };
    socket.onmessage = ({ data }) => {
      if (echoes.push(data) === 2) resolve(echoes as [string, ArrayBuffer]);
    };
  });
  while (socket.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve));
  socket.close();
  const echoed = new Uint8Array(second);
  return {
    sameText: first === text,
    sameBytes: echoed.length === size && echoed.every((byte, index) => byte === bytes[index]),
    buffered: socket.bufferedAmount,
  };
}

/** Sends `count` messages in one go. */
export async function echoMany({ path, count }: { path: string; count: number }): Promise<{
  misplaced: number;
  count: number;
}> {
  const socket = new WebSocket(path);
  return new Promise((resolve, reject) => {
    let received = 0;
    let misplaced = 0;
    socket.onerror = () => reject(new Error("the socket failed"));
    socket.onopen = () => {
      for (let index = 0; index < count; index++) socket.send(`number ${index}`);
    };
    socket.onmessage = ({ data }) => {
      if (data !== `number ${received}`) misplaced += 1;
      received += 1;
      if (received < count) return;
      socket.close();
      resolve({ misplaced, count: received });
    };
  });
}

/** Opens a socket and leaves it open. */
export async function describeSocket({ path, protocols }: { path: string; protocols: string[] }): Promise<{
  protocol: string;
  extensions: string;
}> {
  const socket = new WebSocket(path, protocols);
  Object.assign(globalThis, { socket });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("the socket failed"));
  });
  return { protocol: socket.protocol, extensions: socket.extensions };
}

/** Which events came, and how it ended. */
export async function awaitClose({ path }: { path: string }): Promise<{
  events: string[];
  code: number;
  reason: string;
  wasClean: boolean;
}> {
  const socket = new WebSocket(path);
  const events: string[] = [];
  for (const type of ["open", "message", "error", "close"]) socket.addEventListener(type, () => events.push(type));
  return new Promise((resolve) => {
    socket.onclose = ({ code, reason, wasClean }) => resolve({ events, code, reason, wasClean });
  });
}

/** As awaitClose(), and closes the socket when it is open. */
export async function closeWith({ path, close }: { path: string; close: readonly (number | string)[] }): Promise<{
  events: string[];
  code: number;
  reason: string;
  wasClean: boolean;
}> {
  const socket = new WebSocket(path);
  const events: string[] = [];
  for (const type of ["open", "message", "error", "close"]) socket.addEventListener(type, () => events.push(type));
  return new Promise((resolve) => {
    socket.onopen = () => {
      const [code, reason] = close;
      if (typeof code === "number") socket.close(code, String(reason));
      else socket.close();
    };
    socket.onclose = ({ code, reason, wasClean }) => resolve({ events, code, reason, wasClean });
  });
}
