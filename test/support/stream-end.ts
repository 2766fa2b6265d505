// One end of a connection that exists only in memory: what is pushed arrives, what is written is kept.
import { Duplex } from "node:stream";

export class StreamEnd extends Duplex {
  readonly written: Buffer[] = [];

  constructor() {
    super({ allowHalfOpen: true });
  }

  /** Everything written so far, one character per byte. */
  get text(): string {
    return Buffer.concat(this.written).toString("latin1");
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(Buffer.from(chunk));
    done();
  }
}
