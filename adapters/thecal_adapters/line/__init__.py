# SPDX-License-Identifier: Apache-2.0
"""The serial line between a pump and those who program or ask: frames, sessions, roles, the device's end, the host's.

Bytes become frames (``frames``), frames become sealed messages of a session (``noise``, ``channel``), messages become
requests of a role (``messages``, ``roles``), and a request becomes at most one event of the kernel (``device``). Each
layer knows only those below it, and all of them but ``wires`` and ``threads`` do no input or output.
"""
