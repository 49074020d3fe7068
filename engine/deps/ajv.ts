/** JSON Schema validation; loaded when a step runs, never before. */
export { Ajv } from "npm:ajv@8.20.0";
export type { ValidateFunction } from "npm:ajv@8.20.0";
