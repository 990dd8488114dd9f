# SPDX-License-Identifier: Apache-2.0
"""Whether a pump port is right: orders given again, out of order, after restarts, in doubt, and what moved for each.

    python -m thecal_adapters.conformance my_pump.bench:make_bench

The integrator writes a bench: the port, a way to restart the pump, and a count of what really moved that does not come
from the port (a balance, an encoder, a simulated plant). Every rule gets a new bench, is kept or broken, and says what
was seen. A rule that a bench cannot try is *not shown*, and remains a duty. Each rule names the assumption of the
proofs that rests on it.
"""
