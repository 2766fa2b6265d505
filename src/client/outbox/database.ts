// IndexedDB and the browser's locks, as far as an outbox uses them, and where they are found. Declared here because this floor
// compiles without a browser's types.

import { LocalError } from "../../base/errors.ts";

export interface Request<Value> {
  readonly result: Value;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

export interface OpenRequest extends Request<Database> {
  onupgradeneeded: (() => void) | null;
}

export interface Table {
  get(key: string): Request<unknown>;
  getAll(): Request<unknown>;
  put(value: object, key?: string): unknown;
  delete(key: number): unknown;
}

export interface Transaction {
  readonly error: unknown;
  objectStore(name: string): Table;
  abort(): void;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
}

export interface Database {
  createObjectStore(name: string, options?: { readonly keyPath: string }): unknown;
  transaction(names: readonly string[], mode: "readwrite", options: { readonly durability: "strict" }): Transaction;
  close(): void;
}

export interface Databases {
  open(name: string, version: number): OpenRequest;
}

export interface Locks {
  request(name: string, options: { readonly signal: AbortSignal }, run: () => Promise<void>): Promise<unknown>;
}

/** Throws LocalError LW_OUTBOX_STORE where there are none. */
export function findDatabases(): Databases {
  const { indexedDB } = globalThis as { readonly indexedDB?: Databases };
  if (indexedDB === undefined) throw new LocalError("LW_OUTBOX_STORE", "There is no IndexedDB here.");
  return indexedDB;
}

/** Undefined where there are none, as in pages that came over plain http. */
export function findLocks(): Locks | undefined {
  const { navigator } = globalThis as { readonly navigator?: { readonly locks?: Locks } };
  return navigator?.locks;
}

export function openDatabase(name: string, create: (database: Database) => void): Promise<Database> {
  return new Promise((resolve, reject) => {
    const request = findDatabases().open(name, 1);
    request.onupgradeneeded = () => create(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(faultOf(request.error));
  });
}

/** Resolves when what `transaction` says is on the disk. */
export function completed(transaction: Transaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(faultOf(transaction.error));
  });
}

function faultOf(cause: unknown): LocalError {
  return new LocalError("LW_OUTBOX_STORE", `IndexedDB failed: ${String(cause)}`, { cause });
}
