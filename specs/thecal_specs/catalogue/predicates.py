# SPDX-License-Identifier: Apache-2.0
"""Where each property's predicate is written: a function named by a sentence, in the module of its group.

Properties that are decided by obligations or by traces (see ``Means``) have no line here.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _written_in(group: str, functions: dict[str, str]) -> dict[str, str]:
    return {property_id: f"thecal_specs.properties.{group}.{function}" for property_id, function in functions.items()}


PREDICATES: Mapping[str, str] = MappingProxyType(
    _written_in(
        "overdose",
        {
            "OVR-01": "any_day_stays_under_the_largest_cap_in_force",
            "OVR-02": "any_hour_stays_under_the_largest_cap_in_force",
            "OVR-03": "patient_boluses_keep_the_lockout_between_them",
            "OVR-04": "any_day_starts_at_most_n_patient_boluses",
            "OVR-05": "a_bolus_gives_at_most_its_mass_alone_and_once",
            "OVR-06": "pulses_keep_the_shortest_interval",
            "OVR-07": "basal_is_never_ahead_of_schedule",
            "OVR-08": "what_was_missed_is_never_made_up",
            "OVR-09": "no_pulse_without_a_mode_and_a_prescription_that_deliver",
            "OVR-10": "basal_still_fits_beside_a_running_bolus",
            "OVR-11": "a_prime_stays_within_path_ledgers_and_admission",
            "OVR-12": "one_pulse_is_in_flight_and_sequence_numbers_increase",
        },
    )
    | _written_in(
        "concentration",
        {
            "CON-01": "no_pulse_of_an_unknown_or_too_strong_fluid",
            "CON-02": "drug_is_conserved_and_the_books_enclose_what_was_given",
            "CON-03": "a_concentration_change_costs_at_most_the_width_of_the_front",
            "CON-04": "a_third_fluid_is_booked_and_never_refused",
            "CON-05": "every_component_of_a_mixture_keeps_its_own_limits",
            "CON-06": "no_therapy_pulse_is_due_through_a_fluid_that_lacks_the_primary",
            "CON-07": "a_refill_accounts_for_what_was_left_behind",
        },
    )
    | _written_in(
        "reservoir",
        {
            "RES-01": "no_pulse_takes_the_reservoir_below_its_residual",
            "RES-02": "a_low_reservoir_alarms_without_flicker",
            "RES-03": "a_bolus_ends_first_and_an_empty_reservoir_alarms_at_once",
            "RES-04": "a_bolus_is_granted_only_if_the_reservoir_can_bear_it",
            "RES-05": "a_residual_that_differs_leads_to_the_safe_state",
        },
    )
    | _written_in(
        "underdose",
        {
            "UND-01": "basal_is_never_two_pulses_behind",
            "UND-02": "no_rule_withholds_a_basal_pulse",
            "UND-03": "a_bolus_is_granted_exactly_when_its_conditions_hold",
            "UND-04": "time_off_therapy_never_outlasts_its_bound_in_silence",
            "UND-05": "every_state_has_a_way_back_to_therapy",
            "UND-06": "programming_never_stops_a_running_therapy",
            "UND-07": "a_smaller_prescription_is_never_refused_for_what_was_given",
            "UND-08": "a_day_of_too_little_basal_never_stays_silent",
            "UND-09": "a_restart_resumes_the_therapy_that_was_running",
        },
    )
    | _written_in(
        "programming",
        {
            "PRG-01": "only_an_admitted_prescription_becomes_active",
            "PRG-02": "only_what_was_staged_read_back_and_confirmed_becomes_active",
            "PRG-03": "a_refused_or_abandoned_order_changes_nothing",
            "PRG-04": "hard_limits_hold_and_soft_ones_yield_only_to_an_explicit_override",
            "PRG-05": "a_steep_change_of_dose_needs_an_explicit_override",
            "PRG-06": "every_slot_is_deliverable_or_the_order_is_refused",
            "PRG-07": "a_patient_bolus_needs_the_consent_of_every_drug",
            "PRG-08": "a_fact_is_never_refused",
            "PRG-09": "a_staged_order_dies_with_what_it_was_made_on",
            "PRG-10": "an_implausible_change_needs_an_explicit_override",
            "PRG-11": "a_refused_prescription_breaks_the_rule_that_is_named",
            "PRG-12": "every_order_is_answered_truly",
        },
    )
    | _written_in(
        "time_and_faults",
        {
            "TIM-01": "a_phase_move_is_admitted_like_a_reprogramming",
            "TIM-02": "a_restart_never_shortens_a_lockout_or_a_window",
            "TIM-03": "fifteen_years_of_ticks_overflow_nothing",
            "TIM-04": "deadlines_alarm_in_time",
            "FLT-02": "an_unknown_pulse_counts_as_given_and_is_not_repeated",
            "FLT-03": "failing_pulses_raise_a_critical_alarm",
            "FLT-04": "the_safe_state_is_that_of_the_most_demanding_drug",
            "FLT-05": "a_long_stop_blocks_boluses_until_a_clinician_confirms",
        },
    )
    | _written_in(
        "alarms",
        {
            "ALM-01": "an_alarm_is_active_whenever_its_condition_holds",
            "ALM-02": "a_latched_alarm_clears_only_when_acknowledged_and_resolved",
            "ALM-03": "the_most_urgent_alarm_is_the_one_shown",
            "ALM-04": "an_acknowledged_critical_alarm_sounds_again",
        },
    )
)
