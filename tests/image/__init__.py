"""The card. `image` comes first: it puts the box's own folder, `box`, on the path."""

import image  # noqa: F401
