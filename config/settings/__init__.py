"""Chooses the settings by ``ENVIRONMENT``: development (the default), test or production.

A settings module named outright in ``DJANGO_SETTINGS_MODULE`` is taken as it is; loading another one here first would read
the environment of the wrong site.
"""

import os

from config import environment

if os.environ.get("DJANGO_SETTINGS_MODULE", __name__) == __name__:
    ENVIRONMENT = environment.one_of("ENVIRONMENT", "development", ("development", "test", "production"))

    if ENVIRONMENT == "production":
        from .prod import *
    elif ENVIRONMENT == "test":
        from .test import *
    else:
        from .dev import *
