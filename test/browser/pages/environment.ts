// What the browser offers, for tests that need it.

export interface Environment {
  readonly crossOriginIsolated: boolean;
  readonly sharedMemory: boolean;
  readonly cores: number;
}

export function environment(): Environment {
  return {
    crossOriginIsolated: globalThis.crossOriginIsolated,
    sharedMemory: typeof SharedArrayBuffer === "function",
    cores: navigator.hardwareConcurrency,
  };
}
