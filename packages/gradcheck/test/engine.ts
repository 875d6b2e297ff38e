// What the tests of blame need of the engine.
export * from "@cotangent/autodiff";
export { registry } from "@cotangent/autodiff/registry";
