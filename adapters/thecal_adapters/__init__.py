# SPDX-License-Identifier: Apache-2.0
"""What the kernel is bound to: pumps, journals, simulations and the command line."""
