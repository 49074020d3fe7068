"""Pictures as Pillow writes, reads, colours and resizes them: another implementation's pixels, for pictures_test.ts.

Run with Debian's python3-pil: python3 tests/ops/data/images/write_pil_pictures.py > tests/ops/data/images/pil_pictures.json
"""
import base64, io, json
from PIL import Image

state = 12345


def byte():
    global state
    state = (state * 1103515245 + 12345) % 2**31
    return state >> 16 & 255


def picture(width, height, mode):
    channels = len(mode)
    return Image.frombytes(mode, (width, height), bytes(byte() for _ in range(width * height * channels)))


def smooth(width, height):
    """Slow changes, which JPEG keeps well."""
    values = [(x * 9 + y * 3 + c * 40) % 256 for y in range(height) for x in range(width) for c in range(3)]
    return Image.frombytes("RGB", (width, height), bytes(values))


def file(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return base64.b64encode(out.getvalue()).decode()


def pixels(image):
    return {"width": image.width, "height": image.height, "data": base64.b64encode(image.tobytes()).decode()}


files = {}
rgb, grey = picture(7, 5, "RGB"), picture(7, 5, "L")
for name, image, shown in [
    ("rgb", rgb, rgb),
    ("grey", grey, grey),
    ("rgb with transparency", picture(7, 5, "RGBA"), None),
    ("grey with transparency", picture(7, 5, "LA"), None),
    ("palette of 8 bits", rgb.quantize(200), None),
    ("palette of 4 bits", rgb.quantize(12), None),
    ("palette of 1 bit", rgb.quantize(2), None),
    ("one bit", grey.convert("1"), None),
]:
    if shown is None:
        shown = image.convert("L" if name in ("one bit", "grey with transparency") else "RGB")
    files["png: " + name] = {"file": file(image, "PNG"), **pixels(shown)}
jpeg = smooth(21, 13)
for name, image, options in [
    ("rgb", jpeg, {"quality": 95, "subsampling": 0}),
    ("progressive", jpeg, {"quality": 95, "subsampling": 0, "progressive": True}),
    ("grey", jpeg.convert("L"), {"quality": 95}),
]:
    packed = file(image, "JPEG", **options)
    files["jpeg: " + name] = {"file": packed, **pixels(Image.open(io.BytesIO(base64.b64decode(packed))))}

source = picture(17, 11, "RGB")
sizes = [(4, 4), (17, 5), (3, 11), (30, 23), (1, 1), (16, 12)]
resized = [pixels(source.resize(size, Image.BILINEAR)) for size in sizes]
print(json.dumps({"files": files, "source": pixels(source), "luma": pixels(source.convert("L")), "resized": resized}))
