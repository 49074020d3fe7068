/** The ONNX file format: the messages of onnx.proto (ONNX 1.20) and their binary form. */
import type * as protobuf from "npm:@bufbuild/protobuf@2.17.0";
import type * as onnx from "npm:onnx-buf@1.20.0-1";

export type { MessageInitShape } from "npm:@bufbuild/protobuf@2.17.0";

const specifiers = ["npm:@bufbuild/protobuf@2.17.0", "npm:onnx-buf@1.20.0-1"] as const;

export const { create: createMessage, fromBinary, toBinary }: typeof protobuf = await import(
  specifiers[0]
);
export const {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType: DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
}: typeof onnx = await import(specifiers[1]);
export type {
  AttributeProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "npm:onnx-buf@1.20.0-1";
/** Of the numbers of a tensor. */
export type DataType = onnx.TensorProto_DataType;
