# SPDX-License-Identifier: LGPL-2.1-or-later
# PyGObject brings no types. Those of other packages (pygobject-stubs) come into the place of this.
from typing import Any

def __getattr__(name: str) -> Any: ...
