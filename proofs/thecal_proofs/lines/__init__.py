# SPDX-License-Identifier: Apache-2.0
"""Which lines of the kernel a proof uses: minimal unsatisfiable cores over what each line computes."""
