/** Pictures in folders of classes: `<class>/<name>.jpg`, perhaps below `train/`, `validation/` and `test/`. */
import { filesOfClasses, holdsClasses, PICTURES } from "../readers/class_folder.ts";
import { defineDataFormat } from "../readers/data_format.ts";

export const images = defineDataFormat({
  name: "images",
  suffixes: [],
  holds: (files) => holdsClasses(files, PICTURES),
  async readFolder(wishes, context) {
    const { listPictures } = await import("./picture_list.ts");
    return await listPictures(await filesOfClasses(wishes, context, PICTURES), wishes, context);
  },
});
