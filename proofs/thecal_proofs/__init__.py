# SPDX-License-Identifier: Apache-2.0
"""Proves what `thecal_specs` claims of the source text of `thecal`, cell by cell, and replays what it refutes."""
