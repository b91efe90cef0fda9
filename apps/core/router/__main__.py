"""``python -m apps.core.router``: the one address, until SIGTERM."""

import logging

import uvloop

from apps.core.router.options import options_from_environment
from apps.core.router.server import serve


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    uvloop.run(serve(options_from_environment()))


if __name__ == "__main__":
    main()
