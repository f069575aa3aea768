#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""python_folder.py PREFIX: where this Python looks for modules under the prefix, relative to it.

Debian has its own for /usr and /usr/local: dist-packages. Elsewhere PYTHONPATH has to name the folder, as
GI_TYPELIB_PATH does that of the typelib.
"""

import pathlib
import sys
import sysconfig

prefix = pathlib.PurePosixPath(sys.argv[1])
schemes = {"/usr": ("deb_system", "/usr"), "/usr/local": ("posix_local", "/usr")}
scheme, base = schemes.get(str(prefix), ("posix_prefix", str(prefix)))
if scheme not in sysconfig.get_scheme_names():
    scheme, base = "posix_prefix", str(prefix)
folder = sysconfig.get_path("purelib", scheme, vars={"base": base, "platbase": base})
print(pathlib.PurePosixPath(folder).relative_to(prefix))
