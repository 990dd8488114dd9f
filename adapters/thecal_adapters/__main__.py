# SPDX-License-Identifier: Apache-2.0
"""``python -m thecal_adapters`` is ``thecal``, where no script can be installed."""

from thecal_adapters.cli import main

if __name__ == "__main__":
    main()
