class EngineError(Exception):
    """An embedded engine cannot do what was asked; the text names the place and the remedy."""
