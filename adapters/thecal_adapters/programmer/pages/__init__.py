# SPDX-License-Identifier: Apache-2.0
"""The pages that are no workflow, one module each."""
