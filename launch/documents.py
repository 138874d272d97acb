"""PDFs need Pango, the one library that no Python package brings along."""

import ctypes
import sys

from launch.progress import say

NAMES = (
    "libpango-1.0.so.0",
    "libpango-1.0.so",
    "libpango-1.0.dylib",
    "/opt/homebrew/lib/libpango-1.0.dylib",
)
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0")


def has_pango() -> bool:
    for name in NAMES:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def mend() -> str:
    return (
        "brew install pango"
        if sys.platform == "darwin"
        else f"apt-get install -y {' '.join(PACKAGES)}"
    )


def mention_missing_pango() -> None:
    if not has_pango():
        say(
            f"          PDFs cannot be made until Pango is installed: {mend()}   (everything else works)"
        )
