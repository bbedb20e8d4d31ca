"""Starts the product: see `pichat` beside it."""

import sys

sys.path.insert(0, "/opt/pichat/lib")

from appliance.__main__ import main

sys.exit(main())
