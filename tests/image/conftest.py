"""The steps of the boot can be imported: on the card they lie beside `step`."""

import image  # noqa: F401 (puts the box's own folder on the path)
