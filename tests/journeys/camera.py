"""What a browser's fake camera sees: a picture of a QR code or of a bar code, as a film."""

from pathlib import Path
from typing import Final

import segno
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480
MARGIN = 40
PAPER, INK = 235, 16
START_B, STOP = 104, "2331112"
# Widths of bars and gaps of each value of Code 128 (ISO/IEC 15417).
WIDTHS: Final = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132"
    "122231113222123122123221223211221132221231213212223112312131311222321122321221312212"
    "322112322211212123212321232121111323131123131321112313132113132311211313231113231311"
    "112133112331132131113123113321133121313121211331231131213113213311213131311123311321"
    "331121312113312311332111314111221411431111111224111422121124121421141122141221112214"
    "112412122114122411142112142211241211221114413111241112134111111242121142121241114212"
    "124112124211411212421112421211212141214121412121111143111341131141114113114311411113"
    "411311113141114131311141411131211412211214211232"
)


class Camera:
    """A camera whose picture is changed between two looks; a look under way keeps the old one."""

    def __init__(self, folder: Path) -> None:
        """Point the camera at an empty table."""
        self._film = folder / "camera.y4m"
        self._show(Image.new("L", (WIDTH, HEIGHT), PAPER))

    @property
    def args(self) -> list[str]:
        """The browser's flags."""
        return [
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={self._film}",
        ]

    def show_qr(self, text: str) -> None:
        """Hold a QR code before the camera."""
        picture = Image.new("L", (WIDTH, HEIGHT), PAPER)
        rows = list(segno.make(text, error="m", micro=False).matrix)
        scale = (HEIGHT - 2 * MARGIN) // len(rows)
        left, top = ((side - scale * len(rows)) // 2 for side in (WIDTH, HEIGHT))
        draw = ImageDraw.Draw(picture)
        for y, row in enumerate(rows):
            for x, is_dark in enumerate(row):
                if is_dark:
                    at = (left + x * scale, top + y * scale)
                    draw.rectangle((*at, at[0] + scale - 1, at[1] + scale - 1), INK)
        self._show(picture)

    def show_bars(self, text: str) -> None:
        """Hold a Code 128 before the camera."""
        picture = Image.new("L", (WIDTH, HEIGHT), PAPER)
        widths = [int(digit) for digit in bars_of(text)]
        scale = (WIDTH - 2 * MARGIN) // sum(widths)
        x = (WIDTH - scale * sum(widths)) // 2
        draw = ImageDraw.Draw(picture)
        for at, width in enumerate(widths):
            if at % 2 == 0:
                draw.rectangle((x, 150, x + scale * width - 1, 330), INK)
            x += scale * width
        self._show(picture)

    def _show(self, picture: Image.Image) -> None:
        """Write the film anew under its name; who has the old one open goes on with that."""
        grey = bytes([128]) * (WIDTH * HEIGHT // 4)
        head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\nFRAME\n".encode()
        new = self._film.with_suffix(".new")
        new.write_bytes(head + picture.tobytes() + grey + grey)
        new.replace(self._film)


def bars_of(text: str) -> str:
    """Return the widths of bars and gaps of a text in Code 128, set B."""
    values = [ord(letter) - 32 for letter in text]
    check = (START_B + sum(n * value for n, value in enumerate(values, start=1))) % 103
    return "".join(WIDTHS[6 * at : 6 * at + 6] for at in (START_B, *values, check)) + STOP
