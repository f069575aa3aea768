# SPDX-License-Identifier: LGPL-2.1-or-later
# Namespaces without types of their own are there all the same.
from typing import Any

def __getattr__(name: str) -> Any: ...
