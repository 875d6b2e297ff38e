// The exported signatures of @cotangent/training, written ahead of the code; removed once every name below exists.
import type { Tensor, Tree } from "@cotangent/autodiff";

// ---------------------------------------------------------------- "@cotangent/training" (browser-safe)

export interface Engine {
  readonly name: string;
  compile<F extends (...args: Tree[]) => Tree>(f: F): F;
}
export const interpreter: Engine;

/** (step, counted from 0, as a float scalar tensor) => factor that multiplies the learning rate */
export type Schedule = (step: Tensor) => Tensor | number;
export function constant(factor?: number): Schedule;
export function cosine(options: { steps: number; final?: number }): Schedule;
export function exponential(options: { rate: number; every?: number }): Schedule;
export function warmup(options: { steps: number; then?: Schedule }): Schedule; // `then` counts from the end of the warm-up

export interface Optimiser {
  readonly name: string;
  init(params: Tree): Tree;
  update(params: Tree, grads: Tree, state: Tree, step: Tensor | number): { params: Tree; state: Tree };
}
export function sgd(options: { learningRate: number; momentum?: number; schedule?: Schedule; clipNorm?: number }): Optimiser;
export function adam(options: {
  learningRate: number; beta1?: number; beta2?: number; epsilon?: number; weightDecay?: number; schedule?: Schedule; clipNorm?: number;
}): Optimiser;
export function globalNorm(grads: Tree): Tensor;

/** What fit needs of an objective; @cotangent/losses' Objective satisfies it. */
export interface Trainable {
  readonly name: string;
  mean(params: Tree, x: Tensor, key: Tensor): Tensor;
}
export interface StepMetrics {
  readonly step: number; // steps done so far: 1 after the first
  readonly steps: number; // steps planned
  readonly epoch: number; // epochs begun, from 0
  readonly loss: number; // of this step's batch, before its update
  readonly validationLoss?: number; // at the steps that evaluate it
  readonly best?: number; // best validation loss so far
  readonly elapsed: number; // seconds in this session
  readonly rate: number; // steps per second in this session
  readonly timeLeft: number; // seconds
}
export interface Weights { readonly params: Tree; readonly emaParams?: Tree }
export interface FitOptions {
  readonly objective: Trainable;
  readonly params: Tree;
  readonly data: Tensor; // [N, …]: cast to the params' dtype
  readonly optimiser: Optimiser;
  readonly seed: number;
  readonly batchSize: number; // at most N is used; an epoch drops the rows that do not fill a batch
  readonly steps?: number; // steps or epochs, not both
  readonly epochs?: number;
  readonly engine?: Engine;
  readonly validation?: { data?: Tensor; fraction?: number; every: number; patience?: number };
  readonly ema?: number; // decay
  readonly onStep?: (metrics: StepMetrics, weights: () => Weights) => unknown; // return false to stop after this step
  readonly checkpoint?: { store: CheckpointStore; every: number };
  readonly resume?: boolean; // true: continue from checkpoint.store (from scratch when it is empty); else an existing checkpoint is an error
}
export interface FitResult {
  readonly params: Tree; // the best weights by validation loss when there is validation, else the last
  readonly emaParams?: Tree;
  readonly step: number;
  readonly bestStep?: number;
  readonly bestLoss?: number;
  readonly stopped: "finished" | "patience" | "callback";
  readonly history: readonly StepMetrics[]; // of this session
}
export function fit(options: FitOptions): FitResult;
/** The same run as a generator: one StepMetrics per step, so that a page or several runs can take turns. */
export function fitSteps(options: FitOptions): Generator<StepMetrics, FitResult, void>;

/** Named tensors and strings: what a safetensors file holds. */
export interface NamedTensors { readonly tensors: { readonly [name: string]: Tensor }; readonly metadata: { readonly [key: string]: string } }
export interface CheckpointStore {
  readonly name: string; // named in errors: a path
  read(): NamedTensors | undefined; // undefined: nothing there yet
  write(checkpoint: NamedTensors): void; // all or nothing
}
/** A checkpoint holds params.*, ema.*, best.params.*, best.ema.*, optimiser.*, step, … : weights of a finished or running fit, EMA/best preferred when present. */
export function checkpointWeights(checkpoint: NamedTensors, template: Tree, source: string): Weights;
export function encodeSafetensors(content: NamedTensors): Uint8Array;
export function decodeSafetensors(bytes: Uint8Array, source: string): NamedTensors;
export function nameLeaves(tree: Tree, prefix?: string): { readonly [name: string]: Tensor }; // layers.0.weight
export function unnameLeaves(template: Tree, tensors: { readonly [name: string]: Tensor }, prefix: string, source: string): Tree;

export class Standardiser {
  static fit(data: Tensor, options?: { method?: "scale" | "pca"; columns?: readonly string[]; floor?: number }): Standardiser;
  static fromJSON(json: unknown, source?: string): Standardiser;
  readonly method: "scale" | "pca";
  readonly columns: readonly string[];
  readonly notes: readonly string[]; // sentences to show: floored directions
  forward(x: Tensor): Tensor; // data units [N,d] → standardised [N,d]
  inverse(z: Tensor): Tensor;
  scoreInDataUnits(score: Tensor): Tensor; // ∇x log p from ∇z log p
  toJSON(): { readonly [key: string]: unknown };
}
export interface ColumnReport { readonly name: string; readonly distinct: number; readonly gridStep?: number; readonly quantised: boolean }
export interface DuplicateReport {
  readonly rows: number;
  readonly repeatedRows: number; // rows that equal an earlier row
  readonly repeatedFraction: number;
  readonly columns: readonly ColumnReport[];
  readonly warnings: readonly string[]; // sentences to show; empty when nothing was found
}
export function duplicateReport(data: Tensor, columns?: readonly string[]): DuplicateReport;
export function dequantise(key: Tensor, data: Tensor, report: DuplicateReport): Tensor;
/** Rows split at random; equal rows stay on one side. */
export function splitRows(key: Tensor, data: Tensor, fraction: number): { readonly train: Tensor; readonly validation: Tensor };

export type Generator2d = (key: Tensor, n: number) => Tensor; // [n, 2]
export const moons: Generator2d, eightGaussians: Generator2d, spirals: Generator2d, checkerboard: Generator2d, rings: Generator2d, pinwheel: Generator2d, swissroll: Generator2d;
/** By command-line name: moons 8gaussians spirals checkerboard rings pinwheel swissroll */
export const generators: { readonly [name: string]: Generator2d };
export interface GaussianMixture {
  readonly dimension: number;
  sample(key: Tensor, n: number): Tensor;
  logDensity(x: Tensor): Tensor; // [B, d] → [B]
  score(x: Tensor): Tensor; // [B, d] → [B, d]
  perturbed(sigma: number): GaussianMixture; // p ∗ N(0, σ²I)
}
export function gaussianMixture(options: { means: readonly (readonly number[])[]; weights?: readonly number[]; std: number | readonly number[] }): GaussianMixture;

// ---------------------------------------------------------------- "@cotangent/training/node"

export interface Table {
  readonly source: string; // path
  readonly columns: readonly string[]; // header names, or "column 1", …
  readonly hasHeader: boolean;
  readonly data: Tensor; // [N, d] f64
}
export function readTable(path: string): Table; // strict about numbers; errors name file, line, column
export function parseTable(text: string, source: string): Table;
export function requireTrainable(table: Table): void; // throws for a single row and for constant columns
export function formatTable(columns: readonly string[] | undefined, data: Tensor): string; // CSV text, shortest round-trip numbers
export function writeFileAtomic(path: string, content: string | Uint8Array): void;
export function readSafetensors(path: string): NamedTensors;
export function writeSafetensors(path: string, tensors: { readonly [name: string]: Tensor }, metadata?: { readonly [key: string]: string }): void;
export function checkpointFile(path: string): CheckpointStore;
export interface MetricsFile { write(record: object): void; close(): void }
export function metricsFile(path: string, options?: { keepThrough?: number }): MetricsFile; // resume: keeps lines whose step ≤ keepThrough, drops a torn last line
