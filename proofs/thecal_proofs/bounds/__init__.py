# SPDX-License-Identifier: Apache-2.0
"""What one program can bring at most and at least in any hour and any day, asked of the kernel's own functions.

The questions are put with the numbers of one configuration, one program and one fluid, and with everything else that
the kernel remembers unknown. What follows from their answers is counted, and the count is a question as well:

1. A second of delivery owes the slot's share more, and a pulse less where one was ordered for basal; what is owed stays
   below a pulse and what falls due while the motor waits. So basal pulses are counted by what is scheduled.
2. The k-th pulse of a bolus comes no sooner than its share of the duration, and none beyond the bolus's mass.
3. A patient bolus is granted only where the lockout is over, fewer than N have begun in the last 24 h, and those of the
   last 24 h, or the last hour, with this one and the reserve are under the cap. So boluses that touch one window are
   counted, and their pulses with them.

What is argued and not asked, each where it stands: that the accounts of all seconds of a window add up to one sum; that
boluses which touch a window follow each other, each with its course, the second in which it ends and the lockout
(`counting.Count.list_rows`); that N + 1 of them begin a day apart at least, as OVR-04 says (`overlap`).

What is taken for granted: every pulse moves and is reported as done; after the confirmation nobody orders anything but
patient boluses; path and reservoir hold one and the same fluid.
"""
