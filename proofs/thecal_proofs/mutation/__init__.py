# SPDX-License-Identifier: Apache-2.0
"""Breaks the kernel, one place at a time, and looks which claim notices.

A claim that no broken kernel can offend says nothing. `operators` says what is changed, `lister` where, `guards` what a
place is to the patient, `workshop` makes the changed copy, `judge` runs the specification's traces on it and names the
first claim that is not true of a step, and `campaign` does so for every mutant and keeps the answers.
"""
