// The field: a running process for everyone who takes part, and the truth that they are checked by.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputsOf, type Layout, writeArrays } from "./arrays.ts";
import { columnName, type Implementation, referenceTask } from "./implementations.ts";
import { type Command, Remote } from "./remote.ts";
import type { Task } from "./tasks.ts";

/** An implementation that runs. */
export class Contender {
  readonly implementation: Implementation;
  remote: Remote;
  /** The second of two processes that work at once. */
  twin: Remote | undefined;

  private constructor(implementation: Implementation, remote: Remote, twin: Remote | undefined) {
    this.implementation = implementation;
    this.remote = remote;
    this.twin = twin;
  }

  static async open(implementation: Implementation): Promise<Contender> {
    const remote = await Remote.open(implementation.command);
    const twin = implementation.twin ? await Remote.open(implementation.command) : undefined;
    return new Contender(implementation, remote, twin);
  }

  /** A fresh process, after the old one failed in whatever state. */
  async restart(): Promise<void> {
    this.close();
    this.remote = await Remote.open(this.implementation.command);
    if (this.twin) this.twin = await Remote.open(this.implementation.command);
  }

  close(): void {
    this.remote.close();
    this.twin?.close();
  }
}

export class Field {
  readonly contenders: readonly Contender[];
  /** A file for results on their way from a process. */
  readonly scratch: string;
  readonly #reference: Remote;
  readonly #folder: string;

  private constructor(contenders: readonly Contender[], reference: Remote, folder: string) {
    this.contenders = contenders;
    this.#reference = reference;
    this.#folder = folder;
    this.scratch = join(folder, "results");
  }

  /** Starts everyone; those that do not start are named in `missing`. */
  static async open(
    all: readonly Implementation[],
    reference: Command,
  ): Promise<{ field: Field; missing: string[] }> {
    const contenders: Contender[] = [];
    const missing: string[] = [];
    for (const implementation of all) {
      try {
        contenders.push(await Contender.open(implementation));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        missing.push(`${columnName(implementation)}: ${reason}`);
      }
    }
    const folder = mkdtempSync(join(tmpdir(), "cotangent-bench-"));
    const field = new Field(contenders, await Remote.open(reference), folder);
    return { field, missing };
  }

  /** Names and versions, by column. */
  names(): { [column: string]: string } {
    return Object.fromEntries(
      this.contenders.map(({ implementation, remote }) => [
        columnName(implementation),
        `${remote.name}, ${remote.runtime}`,
      ]),
    );
  }

  /** Writes a task's inputs where every process can read them. */
  inputs(task: Task): Layout {
    return writeArrays(join(this.#folder, "inputs"), inputsOf(task));
  }

  /** A task's inputs, and its results in f64. */
  async truth(task: Task): Promise<{ inputs: Layout; truth: Float64Array[] }> {
    const inputs = this.inputs(task);
    await this.#reference.prepare(referenceTask(task), inputs);
    const truth = await this.#reference.read(this.scratch);
    await this.#reference.release();
    return { inputs, truth };
  }

  close(): void {
    for (const contender of this.contenders) contender.close();
    this.#reference.close();
    rmSync(this.#folder, { recursive: true });
  }
}
