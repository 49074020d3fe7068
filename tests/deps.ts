/** Third-party code that only tests use. */
export * as fc from "npm:fast-check@4.10.2";
export { zipSync } from "npm:fflate@0.8.2";
