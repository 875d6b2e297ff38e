// A growing array of bytes, and the integers of the binary format in it.
//
// It takes a few bytes a hundred thousand times while a function is compiled, once, by code that the host has not
// optimised: so plain loops, and no calls between.

import { unsigned } from "./leb128.ts";

export class ByteWriter {
  #bytes = new Uint8Array(1024);
  length = 0;

  /** Room for `more` bytes. */
  #grow(more: number): void {
    const larger = new Uint8Array(2 * (this.length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = value;
  }

  /** Bytes as they are. */
  append(added: ArrayLike<number>): void {
    const count = added.length;
    if (this.length + count > this.#bytes.length) this.#grow(count);
    const bytes = this.#bytes;
    const at = this.length;
    // A loop copies a few bytes sooner than `set` has looked at its argument.
    if (count > 24) bytes.set(added, at);
    else for (let i = 0; i < count; i++) bytes[at + i] = added[i]!;
    this.length = at + count;
  }

  /** An unsigned LEB128 integer. */
  unsigned(value: number): void {
    if (value < 128 && value >= 0) this.byte(value);
    else this.append(unsigned(value));
  }

  /** What another writer holds, its length before it. */
  sized(other: ByteWriter): void {
    this.unsigned(other.length);
    this.append(other.written());
  }

  /** The bytes written so far, where they lie: good until the next one is written. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** A copy of the bytes written so far. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length);
  }
}
