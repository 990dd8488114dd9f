# SPDX-License-Identifier: Apache-2.0
"""thecal: a verified safety kernel for intrathecal drug pumps. Research software, not for therapy."""

__version__ = "0.1.0"
