/** The page that tries a model: what it is given, its answer, and how long that took. */
import {
  boxOf,
  numbersOf,
  pictureValues,
  prepared,
  rowValues,
  soundValues,
  tokensOf,
} from "./inputs.js";
import { logitsOf, shares } from "./run.js";
import { unpack } from "../packed/unpack.js";

/** So many classes are shown, the likeliest first. */
const SHOWN = 5;

/** Stands for a text that no cell of a table says. */
const OTHER = "\u0000";

/** A drawn shape fills so much of the picture, as in sets of digits. */
const FILLED = 20 / 28;

const byId = (id) => document.getElementById(id);
const stored = (id) => byId(id).textContent.trim();

/** An element with properties and children. */
function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const model = JSON.parse(stored("model"));
const { preprocessing: { task, sample, normalize, answer } } = model;
const file = Uint8Array.from(atob(stored("packed")), (letter) => letter.charCodeAt(0));
const { weights } = await unpack(file.buffer);

/** Runs the model on a raw sample, and shows what it says. */
function show(values) {
  const began = performance.now();
  const logits = logitsOf(model, weights, prepared(values, normalize));
  const ms = performance.now() - began;
  byId("time").textContent = `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms in this page`;
  byId("answers").replaceChildren(...answersOf(logits));
}

function answersOf(logits) {
  const nameOf = (at, other) => made("b", { textContent: answer.names?.[at] ?? other });
  if (task === "regression") {
    const numbers = [...logits].map((each) => String(Number(each.toPrecision(4))));
    if (answer.names === undefined) return numbers.map((each) => made("li", {}, nameOf(0, each)));
    return numbers.map((each, at) => made("li", {}, nameOf(at, String(at)), made("i", {}), each));
  }
  const parts = shares(logits, answer.head);
  const order = [...parts.keys()].sort((a, b) => parts[b] - parts[a] || a - b);
  // Any number of labels may be true at once.
  const shown = task === "multi-label" ? order : order.slice(0, SHOWN);
  return shown.map((at) => {
    const percent = (100 * parts[at]).toFixed(1);
    const bar = made("i", {});
    bar.style.width = `${percent}%`;
    return made(
      "li",
      {},
      nameOf(at, String(at)),
      made("span", { className: "bar" }, bar),
      `${percent} %`,
    );
  });
}

const panel = byId("give");

/** A canvas, and what draws on it and reads it. */
function canvasOf(width, height, properties = {}) {
  const canvas = made("canvas", { width, height, ...properties });
  return { canvas, pen: canvas.getContext("2d", { willReadFrequently: true }) };
}

/** A source of pixels, stretched to the sample's size. */
function showPicture(source, [left, top, width, height], ground) {
  const { height: rows, width: columns, channels, most } = sample;
  const { pen } = canvasOf(columns, rows);
  pen.imageSmoothingQuality = "high";
  const share = ground === undefined ? 1 : FILLED;
  const scale = ground === undefined
    ? [columns / width, rows / height]
    : Array(2).fill(share * Math.min(columns / width, rows / height));
  pen.fillStyle = ground === 255 ? "#fff" : "#000";
  pen.fillRect(0, 0, columns, rows);
  const size = [width * scale[0], height * scale[1]];
  const at = [(columns - size[0]) / 2, (rows - size[1]) / 2];
  pen.drawImage(source, left, top, width, height, ...at, ...size);
  const { data } = pen.getImageData(0, 0, columns, rows);
  show(pictureValues(data, [rows, columns, channels], most));
}

function offerPictures() {
  const { height: rows, width: columns } = sample;
  const size = 280;
  const { dark } = model;
  const ground = dark ? 0 : 255;
  const { canvas, pen } = canvasOf(size, Math.round(size * rows / columns), { id: "draw" });
  const clear = () => {
    pen.fillStyle = dark ? "#000" : "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    byId("answers").replaceChildren();
    byId("time").textContent = "";
  };
  const read = () => {
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const box = boxOf(data, canvas.width, ground);
    if (box === undefined) return;
    showPicture(canvas, [box[0], box[1], box[2] - box[0], box[3] - box[1]], ground);
  };
  const place = (event) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const scale = canvas.width / width;
    return [(event.clientX - left) * scale, (event.clientY - top) * scale];
  };
  let last;
  canvas.onpointerdown = (event) => {
    if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
    last = place(event);
  };
  canvas.onpointermove = (event) => {
    if (last === undefined) return;
    const next = place(event);
    Object.assign(pen, { lineWidth: size / 13, lineCap: "round", lineJoin: "round" });
    pen.strokeStyle = dark ? "#fff" : "#000";
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...next);
    pen.stroke();
    last = next;
  };
  canvas.onpointerup = () => {
    last = undefined;
    read();
  };
  const open = async (picture) => {
    clear();
    const bitmap = await createImageBitmap(picture);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    showPicture(bitmap, [0, 0, bitmap.width, bitmap.height]);
  };
  clear();
  panel.append(
    made("p", { textContent: "Draw here, or drop a picture." }),
    canvas,
    made(
      "p",
      {},
      made("button", { textContent: "Clear", onclick: clear }),
      " ",
      fileOf("image/*", open),
    ),
  );
}

/** A choice of a file; one that is dropped on the page counts as chosen. */
function fileOf(accept, open) {
  document.ondragover = (event) => event.preventDefault();
  document.ondrop = (event) => {
    event.preventDefault();
    const [dropped] = event.dataTransfer.files;
    if (dropped) opened(dropped);
  };
  const opened = (chosen) =>
    open(chosen).catch(() => byId("time").textContent = `${chosen.name} cannot be read here`);
  return made("input", {
    type: "file",
    accept,
    onchange: ({ target }) => target.files[0] && opened(target.files[0]),
  });
}

function offerTexts() {
  const { vocabulary } = model;
  const text = made("textarea", { id: "text", rows: 4, placeholder: "Type a text" });
  text.oninput = () => show(numbersOf(tokensOf(text.value, vocabulary.cut.use), vocabulary));
  panel.append(text);
}

function offerNumbers() {
  const [count] = sample.shape;
  const numbers = made("input", { id: "numbers", placeholder: `${count} numbers` });
  numbers.oninput = () => {
    const values = numbers.value.split(/[\s,;]+/).filter((each) => each !== "").map(Number);
    if (values.length === count && values.every(Number.isFinite)) show(values);
  };
  const said = `Type ${count} numbers, with blanks or commas between them.`;
  panel.append(made("p", { textContent: said }), numbers);
}

/** A field for each column of a table; there is an answer once each says what it may say. */
function offerTable() {
  const asked = sample.columns.filter(({ kind }) => kind !== "missing");
  const fields = asked.map((column) => {
    if (column.kind === "category") return made("select", {}, ...optionsOf(column));
    const { fill } = column;
    const placeholder = fill === undefined ? "" : `blank: ${Number(fill.toPrecision(4))}`;
    return made("input", { inputMode: "decimal", placeholder });
  });
  const answered = () => {
    const cells = fields.map(({ value }, at) => asked[at].kind === "number" ? value.trim() : value);
    const values = rowValues(cells, sample);
    if (values !== undefined) return show(values);
    byId("answers").replaceChildren();
    byId("time").textContent = "";
  };
  const form = made("div", { id: "row", oninput: answered });
  form.append(
    ...fields.map((field, at) => made("label", {}, asked[at].name || `column ${at + 1}`, field)),
  );
  panel.append(form);
  answered();
}

/** What a cell of categories may say: each category, a text that is none of them, and nothing where it may be missing. */
function optionsOf({ categories, missing }) {
  const option = (value, textContent) => made("option", { value, textContent });
  const blank = missing !== undefined && !categories.includes(missing);
  return [
    ...categories.map((text) => option(text, text === missing ? `${text}, or blank` : text)),
    ...blank ? [option("", "(blank)")] : [],
    option(OTHER, "(another)"),
  ];
}

function offerSound() {
  const { rate, seconds } = sample;
  const hear = async (recording) => {
    const bytes = await recording.arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
    show(soundValues(sound.getChannelData(0), sample));
  };
  const button = made("button", { textContent: `Speak for ${seconds} s` });
  button.onclick = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const recorder = new MediaRecorder(stream);
    recorder.ondataavailable = ({ data }) => void hear(data);
    recorder.onstop = () => stream.getTracks().forEach((track) => track.stop());
    recorder.start();
    setTimeout(() => recorder.stop(), 1000 * seconds);
  };
  panel.append(made("p", {}, button, " ", fileOf("audio/*", hear)));
}

document.title = model.name;
byId("name").textContent = model.name;
const offers = {
  picture: offerPictures,
  text: offerTexts,
  numbers: offerNumbers,
  sound: offerSound,
  table: offerTable,
};
offers[sample.use]();
document.body.dataset.ready = "yes";
