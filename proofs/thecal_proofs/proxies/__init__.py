# SPDX-License-Identifier: Apache-2.0
"""A second translation: CPython executes the functions themselves, on proxies that write down what is done to them.

It shares no code with the reader in `frontend`; `compare` has the solver prove that both say the same.
"""
