/**
 * Pictures in folders of classes: `<class>/<name>.jpg`, perhaps below `train/`, `validation/` and `test/`; or in a folder
 * with a table that lists them, where `columns` are named; or in any folders, where nobody has labelled them.
 */
import { filesOfClasses, holdsSamples, PICTURES } from "../readers/class_folder.ts";
import { defineDataFormat } from "../readers/data_format.ts";

export const images = defineDataFormat({
  name: "images",
  suffixes: [],
  holds: (files, labels) => holdsSamples(files, PICTURES, labels),
  async readFolder(wishes, context) {
    if (wishes.columns !== undefined && typeof wishes.from === "string") {
      const { tabledPictures } = await import("./picture_table.ts");
      return await tabledPictures(wishes.from, wishes, context);
    }
    const { listPictures } = await import("./picture_list.ts");
    return await listPictures(await filesOfClasses(wishes, context, PICTURES), wishes, context);
  },
});
