# SPDX-License-Identifier: Apache-2.0
"""The journal: what was ordered is durable before it moves, and what was changed afterwards shows."""
