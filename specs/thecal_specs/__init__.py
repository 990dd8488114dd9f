# SPDX-License-Identifier: Apache-2.0
"""What is claimed of the kernel: executable properties, and the ghost history that they speak of."""
