# SPDX-License-Identifier: Apache-2.0
"""A proof kernel as a judge: a search in Python finds an argument, and Coq checks it, who believes nothing else."""
