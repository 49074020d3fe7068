/** A saved model, for the op that loads one. */
import { cnn } from "../../ops/model/zoo/cnn.ts";
import { initialModel } from "../../ops/model/initialize.ts";
import { encodeTfjs } from "../../ops/formats/tfjs/encode.ts";

/** The files of an untrained network, as `load`'s example finds them. */
export async function modelFiles(): Promise<Readonly<Record<string, Uint8Array>>> {
  const options = { filters: [4], dense: [6], dropout: 0 };
  const model = initialModel(cnn.build([28, 28, 1], 10, options), 0);
  const files = await encodeTfjs(model, { storage: "native", shard: 1 << 20 });
  return Object.fromEntries(
    Object.entries(files).map(([path, bytes]) => [`./model/${path}`, bytes]),
  );
}
