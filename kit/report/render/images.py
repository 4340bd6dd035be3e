"""Images within a page: thumbnails as data URIs, their captions as text beside them."""

import base64
import io
from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image

from kit.report.render.html import text

MAX_SIDE = 160  # pixels per side of a thumbnail
SHARP = 64  # up to this many, an image is kept to the pixel and shown with its pixels seen


def img(image: np.ndarray, hint: str) -> str:
    """An <img>. image: uint8 (H, W, C) or grey (H, W). hint: what it shows, as plain text."""
    image = convert_to_visible(image)
    height, width = image.shape[:2]
    small = max(height, width) <= SHARP
    if max(height, width) > MAX_SIDE:
        scale = MAX_SIDE / max(height, width)
        image = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    picture = Image.fromarray(image)
    out = io.BytesIO()
    picture.save(out, "WEBP", lossless=small, quality=70 if small else 80, method=3)
    code = base64.b64encode(out.getvalue()).decode()
    pixels = ' class="px"' if small else ""
    return f'<img{pixels} width="{width}" height="{height}" alt="{text(hint)}" src="data:image/webp;base64,{code}">'


def tile(image: np.ndarray, caption: str, hint: str) -> str:
    """caption: HTML. Of an image without pixels, where rows have none, the caption stands alone."""
    if not image.size:
        return f"<figure><figcaption>{caption}</figcaption></figure>"
    return f"<figure>{img(image, hint)}<figcaption>{caption}</figcaption></figure>"


def grid(tiles: Sequence[str], width_rem: float = 7) -> str:
    """As many beside each other as there is room for."""
    return f'<div class="grid" style="--w:{width_rem}rem">{"".join(tiles)}</div>'


def strip(tiles: Sequence[str]) -> str:
    """One row, whatever the room; it scrolls on a phone."""
    return f'<div class="wide"><div class="strip" style="--n:{len(tiles)}">{"".join(tiles)}</div></div>'


def verdict(identity: object, truth: str, guess: str, sure: float | str = "") -> str:
    """A caption: what an image is, what was said of it, and how sure, a number or its text, empty where that has no meaning."""
    name = "yes" if truth == guess else "no"
    told = f"{guess} {float(sure):.2f}" if sure != "" else guess
    return f'<b>{text(truth)}</b><br><span class="{name}">{text(told)}</span><br>id {text(identity)}'


def convert_to_visible(image: np.ndarray) -> np.ndarray:
    """uint8 (H, W) or (H, W, 3), grey or RGB, of uint8 (H, W, C): of other numbers of channels the first three, or first."""
    if image.ndim == 2:
        return image
    return np.ascontiguousarray(image[..., 0] if image.shape[2] < 3 else image[..., :3])


def convert_to_rgb(image: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3) of uint8 (H, W, C)."""
    shown = convert_to_visible(image)
    return np.repeat(shown[..., None], 3, axis=2) if shown.ndim == 2 else shown


def overlay_heat(image: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """uint8 (S, S', 3): the image, enlarged if it is small, under a map of heat. strength: float (h, w), 0 to 1."""
    factor = max(1, 128 // max(image.shape[:2]))
    size = (image.shape[1] * factor, image.shape[0] * factor)
    base = cv2.resize(convert_to_rgb(image), size, interpolation=cv2.INTER_NEAREST if factor > 1 else cv2.INTER_AREA)
    smooth = np.clip(cv2.resize(strength.astype(np.float32), size, interpolation=cv2.INTER_CUBIC), 0, 1)
    warm = cv2.applyColorMap((255 * smooth).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    part = 0.35 + 0.3 * smooth[..., None]
    return np.asarray((1 - part) * base + part * warm, dtype=np.uint8)


def convert_to_gray(values: np.ndarray) -> np.ndarray:
    """uint8 of float: stretched from black to white, but for the outermost 2 % of the values."""
    low, high = np.percentile(values, (1, 99))
    return np.asarray(255 * np.clip((values - low) / ((high - low) or 1.0), 0, 1), dtype=np.uint8)
