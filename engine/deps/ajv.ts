/** JSON Schema validation; loaded when a step runs, never before. */
import type * as ajv from "npm:ajv@8.20.0";

export type { ValidateFunction } from "npm:ajv@8.20.0";

const specifier = "npm:ajv@8.20.0";

export const { Ajv }: typeof ajv = await import(specifier);
/** What compiles schemas. */
export type Ajv = ajv.Ajv;
