# SPDX-License-Identifier: Apache-2.0
"""The page on which a clinician programs a pump and a patient asks for a bolus; on this machine's loopback alone."""
