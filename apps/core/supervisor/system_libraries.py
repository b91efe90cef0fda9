"""Libraries of the system that a wheel cannot bring along."""

import ctypes
import sys

PANGO = {
    "linux": ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
    "darwin": ("libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.dylib"),
}
REMEDY = {
    "linux": "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "darwin": "brew install pango",
}


def missing_library_notice() -> str:
    """What is missing, what that costs and how to mend it; empty when nothing is."""
    missing = [name for name in PANGO.get(sys.platform, ()) if not _can_load(name)]
    if not missing:
        return ""
    return (
        f"PDF documents need Pango, of which this system lacks {', '.join(missing)}. Everything else works. "
        f"To have them: {REMEDY[sys.platform]}"
    )


def _can_load(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
