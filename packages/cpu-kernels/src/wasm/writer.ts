// A growing array of bytes, and the integers of the binary format in it.

import { unsigned } from "./leb128.ts";

export class ByteWriter {
  #bytes = new Uint8Array(1024);
  length = 0;

  /** Room for `more` bytes. */
  #grow(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  byte(value: number): void {
    this.#grow(1);
    this.#bytes[this.length++] = value;
  }

  /** Bytes as they are. */
  append(bytes: ArrayLike<number>): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** An unsigned LEB128 integer. */
  unsigned(value: number): void {
    if (value < 128 && value >= 0) this.byte(value);
    else this.append(unsigned(value));
  }

  /** What another writer holds, its length before it. */
  sized(other: ByteWriter): void {
    this.unsigned(other.length);
    this.append(other.#bytes.subarray(0, other.length));
  }

  /** The bytes written so far. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length);
  }
}
