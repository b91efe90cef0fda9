"""Chooses the settings by ``ENVIRONMENT``: development (the default), test or production."""

from config import environment

ENVIRONMENT = environment.one_of("ENVIRONMENT", "development", ("development", "test", "production"))

if ENVIRONMENT == "production":
    from .prod import *
elif ENVIRONMENT == "test":
    from .test import *
else:
    from .dev import *
