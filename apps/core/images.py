"""Uploaded images made small and harmless: turned upright, scaled down, written anew without what came along with them."""

import io
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from apps.core.errors import BadInput, TooLarge

QUALITY = 82
MAX_FRAMES = 300
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image ready to be stored."""

    content: bytes
    width: int
    height: int


class BrokenImage(BadInput):
    """It begins like an image and is none."""

    code = "broken_image"
    default_message = _(
        "This image is damaged or not what it seems. Save it again with another program, then upload it."
    )


def optimise(content: bytes, *, media_type: str) -> Picture:
    """Return the image upright, at most ``IMAGE_SIDE_PIXELS`` wide and high, without metadata.

    Animated images keep their size and frames. Raises ``BrokenImage``, and ``TooLarge`` before anything large is unpacked.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # whoever prints a PDF in this process lets half images pass everywhere
    try:
        # the format the bytes began with and no other: each decoder more is one more to trust
        image = Image.open(io.BytesIO(content), formats=[FORMATS[media_type]])
        _refuse_too_large(image)
        if getattr(image, "is_animated", False):
            return _animated(image)
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((settings.IMAGE_SIDE_PIXELS, settings.IMAGE_SIDE_PIXELS), Image.Resampling.LANCZOS)
        return Picture(content=_written(upright, FORMATS[media_type]), width=upright.width, height=upright.height)
    except _BOMBS:
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise BrokenImage from error  # Pillow's ways to say that a file is damaged


def _refuse_too_large(image: Image.Image) -> None:
    frames = getattr(image, "n_frames", 1)
    if frames > MAX_FRAMES or image.width * image.height * frames > settings.IMAGE_LIMIT_PIXELS * (
        8 if frames > 1 else 1
    ):
        raise _too_many_pixels()


def _too_many_pixels() -> TooLarge:
    limit = settings.IMAGE_LIMIT_PIXELS
    return TooLarge(
        _("This image has more than %(limit)d million pixels. Scale it down, then upload it again.")
        % {"limit": limit // 1_000_000},
        code="too_many_pixels",
        details={"limit_pixels": limit},
    )


def _animated(image: Image.Image) -> Picture:
    output = io.BytesIO()
    image.info = {name: image.info[name] for name in ("duration", "loop", "background") if name in image.info}
    image.save(output, format=image.format, save_all=True)
    return Picture(content=output.getvalue(), width=image.width, height=image.height)


def _written(image: Image.Image, format_name: str) -> bytes:
    transparency = image.info.get("transparency")
    image.info = {} if transparency is None else {"transparency": transparency}
    output = io.BytesIO()
    if format_name == "JPEG":
        plain = image if image.mode in ("L", "RGB") else image.convert("RGB")
        plain.info = {}
        plain.save(output, format="JPEG", quality=QUALITY, optimize=True, progressive=True)
    elif format_name == "WEBP":
        image.save(output, format="WEBP", quality=QUALITY, method=4)
    else:
        image.save(output, format=format_name, optimize=True)
    return output.getvalue()
