# SPDX-License-Identifier: Apache-2.0
"""Where changed copies of the kernel are made: a temporary folder for each, thrown away when it was judged.

What is not changed is linked, its compiled form with it. Python compares a compiled file with the text that it was made
of, so that the one changed module is compiled anew, and nothing is ever written back.
"""

import compileall
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory

from thecal_proofs.loading import Loaded
from thecal_proofs.mutation.mutant import Mutant


class Workshop:
    """Kernel and specification, copied and compiled once."""

    def __init__(self, folder: Path, kernel: Path, specs: Path) -> None:
        self.kernel = folder / kernel.name
        self.specs = folder / specs.name
        for source, copy in ((kernel, self.kernel), (specs, self.specs)):
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
            compileall.compile_dir(copy, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)

    @contextmanager
    def changed(self, mutant: Mutant | None) -> Iterator[Loaded]:
        """Give the packages, the kernel with one change; of None, as it is."""
        with TemporaryDirectory() as name:
            kernel = Path(name) / self.kernel.name
            kernel.mkdir()
            for item in self.kernel.iterdir():
                if mutant is None or item.name != mutant.file:
                    (kernel / item.name).symlink_to(item)
            if mutant is not None:
                text = (self.kernel / mutant.file).read_text(encoding="utf-8")
                (kernel / mutant.file).write_text(mutant.apply(text), encoding="utf-8", newline="\n")
            yield Loaded((kernel, self.specs))
