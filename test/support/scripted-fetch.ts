// A fetch whose answers a test writes: each request waits until it is answered, or until it is given up.
import type { Fetch, FetchInit, FetchResponse } from "../../src/transports/http/request.ts";
import { joinPackets } from "../../src/transports/http/body.ts";

export interface ScriptedRequest {
  readonly url: string;
  readonly action: string;
  readonly init: FetchInit;
  readonly isAborted: boolean;
  /** Its answer, which came bit by bit, is not read to the end. */
  readonly isCancelled: boolean;
  /** Answers with packets, whole. */
  answer(status: number, packets?: readonly Uint8Array[], headers?: Readonly<Record<string, string>>): Promise<void>;
  /** Answers 200 with a body that comes bit by bit. */
  stream(): { push(bytes: Uint8Array): Promise<void>; end(): Promise<void>; cut(): Promise<void> };
  fail(): Promise<void>;
}

const turns = async (): Promise<void> => {
  for (let count = 0; count < 12; count++) await Promise.resolve();
};

export class ScriptedFetch {
  readonly requests: ScriptedRequest[] = [];

  get last(): ScriptedRequest {
    return this.requests.at(-1) as ScriptedRequest;
  }

  /** The requests that asked for `action`. */
  of(action: string): ScriptedRequest[] {
    return this.requests.filter((request) => request.action === action);
  }

  readonly fetch: Fetch = (url, init) =>
    new Promise<FetchResponse>((resolve, reject) => {
      let isAborted = false;
      let isCancelled = false;
      init.signal.addEventListener("abort", () => {
        isAborted = true;
        reject(new Error("aborted"));
      });
      this.requests.push({
        url,
        init,
        action: url.slice(url.lastIndexOf("/") + 1),
        get isAborted() {
          return isAborted;
        },
        get isCancelled() {
          return isCancelled;
        },
        async answer(status, packets = [], headers = {}) {
          const body = joinPackets(packets);
          const all: Record<string, string> = { "content-type": "application/longwire", ...headers };
          resolve({
            status,
            headers: { get: (name) => all[name] ?? null },
            arrayBuffer: () => Promise.resolve(body.buffer),
          });
          await turns();
        },
        stream() {
          const waiting: { done: boolean; value?: Uint8Array }[] = [];
          let wake: (() => void) | undefined;
          let broken = false;
          resolve({
            status: 200,
            headers: { get: () => "application/longwire" },
            arrayBuffer: () => Promise.reject(new Error("It is read as it comes.")),
            body: {
              getReader: () => ({
                async read() {
                  while (waiting.length === 0 && !broken && !isAborted) {
                    await new Promise<void>((go) => (wake = go));
                  }
                  if (broken || isAborted) throw new Error("cut");
                  return waiting.shift() ?? { done: true };
                },
                cancel: () => {
                  isCancelled = true;
                  return Promise.resolve();
                },
              }),
            },
          });
          init.signal.addEventListener("abort", () => wake?.());
          const push = async (item: { done: boolean; value?: Uint8Array }): Promise<void> => {
            waiting.push(item);
            await turns();
            wake?.();
            await turns();
          };
          return {
            push: (value) => push({ done: false, value }),
            end: () => push({ done: true }),
            async cut() {
              broken = true;
              await turns();
              wake?.();
              await turns();
            },
          };
        },
        async fail() {
          reject(new Error("no network"));
          await turns();
        },
      });
    });
}

/** Lets what was answered be read. */
export const settle: () => Promise<void> = turns;
