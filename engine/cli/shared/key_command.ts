/** `decant key`: the key that signs what a person publishes in shared stores. */
import { DecantError, exitCodes } from "../../error.ts";
import { newKey, ownKey } from "../../store/shared/keys.ts";
import type { Command } from "../command.ts";

/** The command. */
export const keyCommand: Command = {
  name: "key",
  summary: "Makes or shows the key that signs records in shared stores: new NAME, show",
  operands: ["ACTION", "[NAME]"],
  options: {},
  async run({ terminal, operands: [action, name] }) {
    if (action === "new" && name !== undefined) terminal.out(`${await newKey(name)}\n`);
    else if (action === "show" && name === undefined) {
      const own = await ownKey();
      if (own === undefined) {
        throw new DecantError("usage", "there is no key", "decant key new NAME makes one");
      }
      terminal.out(`${own.by}\n`);
    } else throw new DecantError("usage", "key needs new NAME, or show", "decant key new anna");
    return exitCodes.done;
  },
};
