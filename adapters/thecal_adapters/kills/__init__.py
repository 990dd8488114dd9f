# SPDX-License-Identifier: Apache-2.0
"""Kills a runner at every write and at random instants, again and again, and counts what moved."""
