/** The ONNX file format: the messages of onnx.proto (ONNX 1.20) and their binary form. */
export {
  create as createMessage,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "npm:@bufbuild/protobuf@2.17.0";
export {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "npm:onnx-buf@1.20.0-1";
