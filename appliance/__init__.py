"""PiChat: the appliance as one Python package. Nothing is constructed on import."""

__version__ = "0.1.0"
