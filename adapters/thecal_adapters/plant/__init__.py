# SPDX-License-Identifier: Apache-2.0
"""A pump made of numbers: motor, reservoir, tubing, catheter, and an exact book of what reached the patient.

It knows nothing of the kernel that may drive it and shares no line with it, so that it can be its judge.
"""
