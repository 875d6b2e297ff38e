// The public face of trees, exported as `tree`.
export { flatten, leaves, map, unflatten } from "./tree.ts";
