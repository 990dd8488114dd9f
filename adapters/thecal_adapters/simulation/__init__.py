# SPDX-License-Identifier: Apache-2.0
"""A pump that is not there: scenarios, what the world really does, and the kernel's answers to it."""
