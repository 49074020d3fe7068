/** TypeBox: JSON Schema objects that carry their static TypeScript type. */
export {
  Kind as TypeBoxKind,
  type Static,
  type TObject,
  type TProperties,
  type TSchema,
  Type,
} from "npm:@sinclair/typebox@0.34.41";
