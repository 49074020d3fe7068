/** Another opinion on what a JSON Schema accepts: ajv, strict, 2020-12. */
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";

/** A validator of a schema; throws where ajv finds the schema itself wanting. */
export function validator(schema: object): (value: unknown) => boolean {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: false,
    strictTuples: false,
    allErrors: false,
  });
  const validate = ajv.compile(schema);
  return (value) => validate(value) === true;
}
