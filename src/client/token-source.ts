// Where the token of a line comes from: a text, or a function that fetches one and may fail. A text is kept until the server
// refuses it; then it is asked for again, once. Knows neither sessions nor time.

/** A token, or what gives one; no token is "". */
export type TokenProvider = string | (() => string | PromiseLike<string>);

const encoder = new TextEncoder();

export class TokenSource {
  readonly #provider: TokenProvider;
  #kept: Uint8Array | undefined;

  constructor(provider: TokenProvider = "") {
    this.#provider = provider;
    if (typeof provider === "string") this.#kept = encoder.encode(provider);
  }

  /** Whether a refused token can be replaced by another one. */
  get isRenewable(): boolean {
    return typeof this.#provider === "function";
  }

  /** Calls `receive` once, at once when the token is known; with an error when there is none now. */
  take(receive: (token: Uint8Array) => void, fail: (error: unknown) => void): void {
    if (this.#kept !== undefined || typeof this.#provider === "string") {
      receive(this.#kept ?? new Uint8Array(0));
      return;
    }
    const provider = this.#provider;
    void (async () => provider())().then((text) => {
      this.#kept = encoder.encode(text);
      receive(this.#kept);
    }, fail);
  }

  /** The server does not take it, or it is about to lapse: the next one is fetched. */
  drop(): void {
    if (typeof this.#provider === "function") this.#kept = undefined;
  }
}
