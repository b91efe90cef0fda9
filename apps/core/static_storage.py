"""Where collected static files are, named by their content so that a browser may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; imports between our script modules follow the names too, so no old module meets a new one."""

    support_js_module_import_aggregation = True
