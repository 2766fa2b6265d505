// Texts that outlive the page, or do not, without anybody being hurt.
import { expect, test } from "vitest";
import type { Globals, TextStore } from "../../../../src/client/page/globals.ts";
import { createTextMemory } from "../../../../src/client/page/text-memory.ts";
import { FakeStore, fakePage, forbiddenGlobals } from "../../../support/fake-globals.ts";

function withStore(store: TextStore): Globals {
  return { sessionStorage: store };
}

test("what was remembered is recalled by the next page, until it expires", () => {
  const store = new FakeStore();
  let now = 1_000;
  createTextMemory(withStore(store), () => now).remember("https://example.com", "stream websocket:blocked", 2_000);
  const next = createTextMemory(withStore(store), () => now);
  expect(next.recall("https://example.com")).toBe("stream websocket:blocked");
  expect(next.recall("https://other.example")).toBeUndefined();
  now = 2_000;
  expect(next.recall("https://example.com")).toBeUndefined();
});

test("what is forgotten is gone", () => {
  const memory = createTextMemory(fakePage().globals, () => 0);
  memory.remember("a", "text", 10);
  memory.forget("a");
  expect(memory.recall("a")).toBeUndefined();
});

test("texts are kept as long as the tab, or as long as the profile", () => {
  const { globals } = fakePage();
  createTextMemory(globals, () => 0, "localStorage").remember("a", "text", 10);
  expect(createTextMemory(globals, () => 0, "localStorage").recall("a")).toBe("text");
  expect(createTextMemory(globals, () => 0).recall("a")).toBeUndefined();
});

test("what somebody else wrote there is not taken for ours", () => {
  const store = new FakeStore();
  const memory = createTextMemory(withStore(store), () => 0);
  for (const text of ["", " ", "nonsense", " text", "NaN text", "{} text", "-1 text"]) {
    store.setItem("longwire:a", text);
    expect(memory.recall("a")).toBeUndefined();
  }
});

test("a text of unreasonable length is not kept", () => {
  const store = new FakeStore();
  createTextMemory(withStore(store), () => 0).remember("a", "x".repeat(2_001), 10);
  expect(store.texts.size).toBe(0);
});

test("storage that is missing, forbidden or full is as good as empty", () => {
  const fail = (): never => {
    throw new Error("QuotaExceededError");
  };
  for (const globals of [{}, forbiddenGlobals(), withStore({ getItem: fail, setItem: fail, removeItem: fail })]) {
    const memory = createTextMemory(globals, () => 0);
    memory.remember("a", "text", 10);
    memory.forget("a");
    expect(memory.recall("a")).toBeUndefined();
  }
});
