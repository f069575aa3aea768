# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Debian of its own in a folder, with nothing in it that its packages did not bring.

It is made by debootstrap from the mirror that this machine's own apt uses, and kept as an archive:
what is downloaded once is not downloaded again.
"""

import os
import pathlib
import shutil
import subprocess
import sys

RELEASE = "bookworm"


def sources():
    """(address, suite) of each part of Debian's release that this machine's apt knows; may be none."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(COMPONENT)|$(REPO_URI)|$(RELEASE)",
         "Created-By: Packages"], capture_output=True, text=True, check=False).stdout
    found = []
    for line in listed.splitlines():
        origin, component, address, suite = line.split("|")
        if origin == "Debian" and component == "main" and suite.startswith(RELEASE):
            found.append((address, suite))
    # The release itself first: debootstrap begins with it.
    return sorted(set(found), key=lambda source: (source[1] != RELEASE, source))


def why_not():
    """Why there can be no root here; None where there can."""
    if os.geteuid() != 0:
        return "only root may change its root"
    for program in ("apt-get", "debootstrap", "unshare", "dpkg-scanpackages"):
        if shutil.which(program) is None:
            return f"there is no {program}"
    if not sources() or sources()[0][1] != RELEASE:
        return f"this machine's apt knows no mirror of Debian {RELEASE}"
    return None


def proxies():
    """The lines of apt's configuration that say how the network is reached."""
    dumped = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    return [line for line in dumped.splitlines() if "::Proxy" in line]


class FreshRoot:
    """Begins anew at each run; what apt downloads stays in the folder."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder, "root")
        self._base = pathlib.Path(folder, f"{RELEASE}.tar")
        self._archives = pathlib.Path(folder, "archives")
        self._archives.mkdir(parents=True, exist_ok=True)
        if not self._base.exists():
            self._bootstrap()
        self.remove()
        self.path.mkdir()
        subprocess.run(["tar", "-xpf", self._base, "-C", self.path, "--numeric-owner"], check=True)
        (self.path / "etc/apt/sources.list").write_text("".join(
            f"deb {address} {suite} main\n" for address, suite in sources()))
        (self.path / "etc/apt/apt.conf.d/proxy").write_text("\n".join(proxies()) + "\n")
        shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf")

    def _bootstrap(self):
        address, suite = sources()[0]
        print(f"debootstrap {suite}, once", file=sys.stderr)
        self.remove()
        subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=ca-certificates", suite, self.path, address],
            check=True, stdout=subprocess.DEVNULL)
        unfinished = self._base.with_suffix(".part")
        subprocess.run(["tar", "-cpf", unfinished, "-C", self.path, "--numeric-owner", "."], check=True)
        unfinished.rename(self._base)

    def remove(self):
        """What is mounted is mounted in namespaces that ended with their processes."""
        subprocess.run(["rm", "-rf", "--one-file-system", self.path], check=True)

    def _command(self, words):
        # /proc and the downloads are there for this command only, and all it starts ends with it.
        mounts = (
            f'mount -t proc proc "{self.path}/proc" && '
            f'mount --bind "{self._archives}" "{self.path}/var/cache/apt/archives" && '
            f'exec chroot "{self.path}" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 '
            'DEBIAN_FRONTEND=noninteractive "$@"')
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", mounts, "sh", *words]

    def run(self, *words, check=True):
        """What a command in the root says, once it has ended."""
        done = subprocess.run(self._command(words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, check=False)
        if check and done.returncode != 0:
            sys.exit(f"{' '.join(words)} ended with {done.returncode} in the fresh root:\n{done.stdout[-4000:]}")
        return done

    def start(self, *words, output):
        return subprocess.Popen(self._command(words), stdout=output, stderr=subprocess.STDOUT,
                                stdin=subprocess.DEVNULL)

    def add_repository(self, packages):
        """Makes these .deb files known to apt."""
        inside = self.path / "packages"
        inside.mkdir()
        for package in packages:
            shutil.copy(package, inside)
        index = subprocess.run(["dpkg-scanpackages", "--multiversion", "."], cwd=inside, check=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        (inside / "Packages").write_bytes(index)
        with open(self.path / "etc/apt/sources.list", "a", encoding="utf-8") as known:
            known.write("deb [trusted=yes] file:/packages ./\n")
        self.run("apt-get", "update", "-q")

    def install(self, *packages):
        """With what they depend on, and nothing that is only recommended."""
        self.run("apt-get", "install", "-qy", "--no-install-recommends", *packages)
