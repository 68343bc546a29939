//! What holds on every database: one suite, run on SQLite and on PostgreSQL.

mod home;
mod interleavings;
mod kills;
mod payments;
mod refusals;
mod server;
mod suite;

/// Each function of a module as a test on either database.
macro_rules! on_every_database {
    ($($module:ident: $($name:ident),*;)*) => {
        mod sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$module::$name(super::home::Home::sqlite()).await;
                }
            )*)*
        }

        mod needs_postgres {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_server_killed_under_load_has_lost_nothing_and_the_program_goes_on() {
                let home = super::home::Home::postgres_alone();
                super::kills::a_server_killed_under_load_has_lost_nothing_and_the_program_goes_on(home).await;
            }

            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$module::$name(super::home::Home::postgres()).await;
                }
            )*)*
        }
    };
}

on_every_database! {
    suite:
        numbers_are_consecutive_whoever_books_at_the_same_time,
        a_queue_is_never_oversold_and_the_next_session_is_taken_instead,
        two_stores_on_one_database_share_its_queues,
        a_cancelled_place_is_given_to_somebody_else_and_its_number_to_nobody,
        a_repeated_booking_gets_its_ticket_even_when_the_queue_is_full,
        the_last_place_booked_many_times_at_once_under_one_key_is_one_ticket,
        a_ticket_is_found_by_phone_and_short_code_together_only,
        numbers_are_called_in_order_and_any_of_them_again,
        a_queue_called_while_its_first_numbers_are_booked_calls_each_once,
        whoever_is_called_cannot_cancel,
        a_place_tells_how_many_wait_before_it,
        what_is_personal_is_forgotten_and_the_rest_is_kept,
        a_database_that_is_opened_again_has_everything,
        a_new_database_opened_many_times_at_once_gets_its_tables_once,
        a_database_of_a_later_version_is_refused_and_left_alone;
    payments:
        a_payment_is_counted_once_however_often_it_is_reported,
        a_purpose_is_kept_whatever_characters_it_has,
        a_payment_that_contradicts_an_earlier_one_is_kept_and_not_counted,
        payments_that_somebody_must_look_at_are_told,
        a_payment_finds_its_ticket_however_a_bank_writes_its_purpose;
    interleavings:
        any_interleaving_keeps_numbers_places_and_payments_right;
    kills:
        a_program_killed_fifty_times_under_load_has_lost_nothing_and_doubled_nothing;
}
