# SPDX-License-Identifier: Apache-2.0
"""Second opinions: what a proof rests on is asked of another solver, and of the same one in other words."""
