// Where this program runs, which decides what a backend needs.

/** In Node, with packages of its own; otherwise in a browser, or in something like one. */
export const inNode: boolean = typeof process !== "undefined" && !!process.versions?.node;
