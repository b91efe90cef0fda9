"""The platform as it ships, plus one bare view to compare with."""

from config.settings.dev import *

ROOT_URLCONF = "bench.urls"
