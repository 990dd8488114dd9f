# SPDX-License-Identifier: Apache-2.0
"""Every soft rule set aside: what simulations, trials and measurements order, so that only hard limits stand."""

from dataclasses import fields

from thecal.prescription import Overrides

EVERY_OVERRIDE = Overrides(**{field.name: True for field in fields(Overrides)})
