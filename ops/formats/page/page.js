/** The page that tries a model: what it is given, its answer, and how long that took. */
import { boxOf, numbersOf, pictureValues, prepared, soundValues, tokensOf } from "./inputs.js";
import { logitsOf, softmax } from "./run.js";
import { unpack } from "../packed/unpack.js";

/** So many classes are shown, the likeliest first. */
const SHOWN = 5;

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
const file = Uint8Array.from(atob(stored("packed")), (letter) => letter.charCodeAt(0));
const { weights } = await unpack(file.buffer);

/** Runs the model on a raw sample, and shows what it says. */
function show(values) {
  const began = performance.now();
  const logits = logitsOf(model, weights, prepared(values, model.preprocess));
  const ms = performance.now() - began;
  byId("time").textContent = `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms in this page`;
  byId("answers").replaceChildren(...answersOf(logits));
}

function answersOf(logits) {
  if (model.task !== "classification") {
    const numbers = [...logits].map((each) => Number(each.toPrecision(4)));
    return numbers.map((each) => made("li", {}, made("b", { textContent: String(each) })));
  }
  const shares = softmax(logits);
  const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a] || a - b);
  return order.slice(0, SHOWN).map((at) => {
    const percent = (100 * shares[at]).toFixed(1);
    const bar = made("i", {});
    bar.style.width = `${percent}%`;
    const name = made("b", { textContent: model.classes[at] ?? String(at) });
    return made("li", {}, name, made("span", { className: "bar" }, bar), `${percent} %`);
  });
}

const { reads } = model;
const panel = byId("give");

/** A canvas, and what draws on it and reads it. */
function canvasOf(width, height, properties = {}) {
  const canvas = made("canvas", { width, height, ...properties });
  return { canvas, pen: canvas.getContext("2d", { willReadFrequently: true }) };
}

/** A source of pixels, stretched to the sample's size. */
function showPicture(source, [left, top, width, height], ground) {
  const [rows, columns] = reads.shape;
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
  show(pictureValues(pen.getImageData(0, 0, columns, rows).data, reads.shape, reads.most));
}

function offerPictures() {
  const [rows, columns] = reads.shape;
  const size = 280;
  const ground = reads.dark ? 0 : 255;
  const { canvas, pen } = canvasOf(size, Math.round(size * rows / columns), { id: "draw" });
  const clear = () => {
    pen.fillStyle = reads.dark ? "#000" : "#fff";
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
    pen.strokeStyle = reads.dark ? "#fff" : "#000";
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
  const text = made("textarea", { id: "text", rows: 4, placeholder: "Type a text" });
  text.oninput = () => show(numbersOf(tokensOf(text.value, reads.cut), reads));
  panel.append(text);
}

function offerNumbers() {
  const numbers = made("input", { id: "numbers", placeholder: `${reads.count} numbers` });
  numbers.oninput = () => {
    const values = numbers.value.split(/[\s,;]+/).filter((each) => each !== "").map(Number);
    if (values.length === reads.count && values.every(Number.isFinite)) show(values);
  };
  const said = `Type ${reads.count} numbers, with blanks or commas between them.`;
  panel.append(made("p", { textContent: said }), numbers);
}

function offerSound() {
  const { rate, seconds } = reads.audio;
  const hear = async (recording) => {
    const bytes = await recording.arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
    show(soundValues(sound.getChannelData(0), reads.audio));
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
({ picture: offerPictures, text: offerTexts, numbers: offerNumbers, sound: offerSound })
  [reads.use]();
document.body.dataset.ready = "yes";
