# SPDX-License-Identifier: Apache-2.0
"""The properties, one module a group, each a predicate over history and outcome and never over the kernel's books."""
