//! What users of Levee rely on, written once and run on every host.
//!
//! A host is a [`Site`]: it takes a configuration and answers messages. [`suite!`] makes one test of every scenario.
//! The scenarios know Levee's tokens, so that they can forge them, and nothing of how a host works.
//!
//! A scenario panics when what it relies on does not hold, like any test.
#![expect(
    clippy::missing_panics_doc,
    reason = "every scenario is a test, and panics as one"
)]

pub mod client;
pub mod configuration;
pub mod message;
pub mod scenarios;

pub use message::{Answer, Headers, Message};

use levee_core::time::Timestamp;
use std::time::Duration;

/// A filter in front of an origin that answers 200 to everything.
pub trait Site {
    /// Sends a message and waits for its answer.
    fn send(&mut self, message: &Message) -> Answer;

    /// The time on the site's clock.
    fn now(&self) -> Timestamp;

    /// Lets time pass. A site with a real clock waits.
    fn pass(&mut self, time: Duration);
}

/// Makes a test of every scenario, on the site that `$start` makes of a configuration.
#[macro_export]
macro_rules! suite {
    ($start:ident: $($family:ident { $($scenario:ident),* $(,)? })*) => {
        $(mod $family {
            $(#[test]
            fn $scenario() {
                $crate::scenarios::$family::$scenario(&|configuration| Box::new(super::$start(configuration)));
            })*
        })*
    };
    ($start:ident) => {
        $crate::suite! { $start:
            admission {
                a_quiet_site_shows_no_challenge,
                the_free_lane_lets_its_budget_through_and_challenges_the_rest,
                one_prefix_does_not_use_up_the_free_lane_of_others,
                patients_behind_one_address_with_a_bot_each_get_their_own_quota,
                a_clearance_is_one_quota_from_whatever_address_it_comes,
                a_client_over_its_quota_is_told_when_to_come_back,
                an_open_rule_never_challenges,
                a_refusing_rule_refuses_even_with_a_clearance,
                a_rule_that_asks_for_more_work_leads_to_a_step_up_and_the_old_clearance_stays_valid,
            }
            answers {
                a_browser_gets_a_page_and_everything_else_gets_problem_details,
                a_post_without_clearance_never_gets_a_page,
                a_page_speaks_the_language_that_the_browser_asks_for,
                no_answer_of_the_filter_may_be_stored,
                a_head_request_gets_no_body,
            }
            endpoints {
                the_client_is_served_under_a_name_that_stays,
                the_solver_is_served_under_its_hash_and_may_be_kept,
                endpoints_answer_only_their_own_method,
                an_unknown_endpoint_is_not_found_and_not_forwarded,
            }
            exclusions {
                what_is_excluded_needs_no_clearance_whatever_the_rules_say,
                what_only_looks_excluded_meets_the_rules,
                another_method_or_a_header_that_claims_one_is_not_excluded,
                a_flood_of_what_is_excluded_is_bounded,
                beyond_its_quota_what_is_excluded_gets_problem_details_and_never_a_page,
                a_flood_of_the_health_check_does_not_make_it_fail,
                a_health_check_can_have_another_path_and_be_that_of_certain_clients,
                a_call_back_is_excluded_from_its_addresses_only,
                what_is_excluded_neither_uses_the_free_lane_nor_waits_in_line,
                an_exclusion_that_is_switched_off_leaves_its_requests_to_the_rules,
                the_quota_of_an_exclusion_can_be_observed,
            }
            forwarding {
                the_origin_learns_who_and_why_from_the_filter_alone,
                headers_of_the_filter_sent_by_the_client_change_nothing,
            }
            redemption {
                two_tabs_challenged_at_once_both_pass,
                a_solution_redeemed_again_is_the_same_clearance_and_the_same_quota,
                a_wrong_solution_is_refused_with_another_challenge,
                a_solution_of_another_challenge_is_refused,
                a_challenge_with_less_work_than_was_signed_is_refused,
                an_old_challenge_is_refused_and_so_is_one_from_the_future,
                a_challenge_of_another_secret_is_refused,
                what_is_no_solution_is_a_bad_request,
                one_challenge_can_only_be_tried_so_often,
                refused_redemptions_do_not_keep_a_neighbour_from_redeeming,
                a_key_that_was_rotated_out_of_first_place_still_counts,
            }
            quotas {
                several_quotas_on_one_rule_all_hold,
                a_quota_of_a_rule_is_shared_by_all_its_clients,
                an_answer_of_the_origin_tells_how_the_client_s_quotas_stand,
                rate_limit_fields_stay_away_when_they_are_not_wanted,
            }
            price {
                minting_raises_the_price_and_quiet_lets_it_fall,
                a_prefix_that_mints_much_pays_more_than_another,
                a_solution_redeemed_again_does_not_raise_the_price,
                a_challenge_far_below_the_present_price_is_refused_with_another,
            }
            line {
                whoever_is_beyond_capacity_waits_in_line_and_is_let_in,
                the_line_is_a_page_for_browsers_and_problem_details_for_everything_else,
                a_place_is_kept_however_often_the_page_is_loaded,
                the_free_lane_is_closed_while_others_wait,
                a_line_that_everybody_has_left_closes_nothing,
                a_visit_goes_on_without_standing_in_line_again,
                asking_again_before_the_time_gains_nothing,
                a_ticket_lets_in_once,
                a_ticket_that_is_not_one_s_own_is_none,
                throwing_tickets_away_does_not_lengthen_the_line,
                waiting_costs_nothing_of_the_quota,
                open_rules_stand_in_no_line,
            }
            observation {
                a_filter_that_observes_forwards_everything_and_says_what_it_would_have_done,
                a_rule_that_observes_leaves_the_others_enforced,
                what_is_observed_is_told_to_the_client_only_if_wanted,
                a_line_that_is_only_observed_has_nobody_in_it,
            }
            waiting_lane {
                a_browser_without_script_that_waits_is_let_in,
                the_wait_is_as_long_as_the_price_is_high,
                who_has_waited_has_the_smaller_quota,
                exchanging_a_challenge_again_is_the_same_clearance,
                no_prefix_and_not_all_together_are_granted_more_than_so_many,
                only_a_challenge_of_this_site_can_be_waited_for,
                only_a_navigation_can_wait,
                a_rule_that_asks_for_work_does_not_take_a_wait,
                a_solution_ends_the_wait,
                a_lane_that_is_closed_lets_nobody_in,
            }
            reasons {
                every_reason_for_a_refusal_is_produced_by_what_it_says,
            }
            tokens {
                a_clearance_with_any_byte_changed_is_none,
                a_clearance_cut_short_or_lengthened_is_none,
                an_expired_clearance_is_none_and_so_is_one_from_the_future,
                a_challenge_presented_as_a_clearance_is_none,
                a_clearance_presented_as_a_challenge_is_refused,
                a_clearance_of_another_secret_is_none,
                a_clearance_in_a_header_counts_like_one_in_a_cookie,
                the_right_cookie_is_found_among_many,
            }
            hostile {
                every_spelling_of_a_protected_path_is_protected,
                header_names_and_values_that_are_not_utf8_change_nothing,
                repeated_cookie_headers_are_all_read,
                a_forwarded_for_header_of_the_client_is_never_believed,
                eleven_hundred_headers_change_nothing,
                a_cookie_of_64_kilobytes_changes_nothing,
                an_ipv6_client_is_its_prefix,
            }
        }
    };
}
