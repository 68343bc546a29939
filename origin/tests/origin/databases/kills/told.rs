//! What visitors were told, and whether the database holds just that.

use std::collections::BTreeMap;

use super::{
    super::home::Home,
    CAPACITY, FEE,
    visitor::{Answer, Visitor, Wish},
};
use crate::support::{Issued, Program, Queue, WebClient, assert_consecutive};

/// All that was told.
#[derive(Default)]
pub(super) struct Told {
    /// By idempotency key.
    tickets: BTreeMap<String, (Queue, Issued)>,
    full: Vec<Queue>,
    /// Names of payments, and the codes that they were for.
    payments: BTreeMap<String, String>,
}

impl Told {
    pub(super) fn note(&mut self, (wish, answer): (Wish, Answer)) {
        match (wish, answer) {
            (Wish::Number { queue, key }, Answer::Booked(issued)) => {
                let earlier = self.tickets.insert(key, (queue, issued.clone()));
                assert!(
                    earlier.is_none_or(|(_, ticket)| ticket == issued),
                    "a wish was answered by two tickets"
                );
            }
            (Wish::Number { queue, .. }, _) => self.full.push(queue),
            (Wish::Payment { code, transaction }, _) => {
                self.payments.insert(transaction, code);
            }
        }
    }

    /// Asserts that the database holds exactly this, once what was never answered has been asked again.
    pub(super) async fn must_be_kept(mut self, home: &Home, origin: &Program, visitors: Vec<Visitor>) {
        let client = WebClient::new(origin.address());
        for wish in visitors.into_iter().filter_map(Visitor::unanswered) {
            let answer = wish.ask(&client).await.expect("an answer");
            self.note((wish, answer));
        }
        for (queue, issued) in self.tickets.values() {
            let found = client.get(&format!("/api/tickets/{}", issued.code)).await;
            let found = found.expect("an answer");
            assert_eq!(found.status, 200, "told of, then lost: {queue:?} {issued:?}");
            assert_eq!(&found.issued(), issued);
        }
        self.numbers_must_be_kept(home).await;
        self.payments_must_be_kept(home).await;
        eprintln!(
            "{} tickets, {} payments and {} refusals were told, and are as told",
            self.tickets.len(),
            self.payments.len(),
            self.full.len()
        );
    }

    async fn numbers_must_be_kept(&self, home: &Home) {
        let mut kept = BTreeMap::<Queue, Vec<u32>>::new();
        let rows = home
            .rows("SELECT department, day, session, number FROM ticket ORDER BY number")
            .await;
        for row in rows {
            let [department, day, session, number] = <[String; 4]>::try_from(row).expect("four columns");
            let number = number.parse().expect("a number");
            kept.entry((department, day, session)).or_default().push(number);
        }
        let mut told = BTreeMap::<Queue, Vec<u32>>::new();
        for (queue, issued) in self.tickets.values() {
            told.entry(queue.clone()).or_default().push(issued.number);
        }
        told.values_mut().for_each(|numbers| numbers.sort_unstable());
        assert_eq!(kept, told, "every ticket has been told of, and none twice");
        for numbers in kept.values() {
            assert_consecutive(numbers);
            assert!(numbers.len() <= CAPACITY as usize, "oversold: {numbers:?}");
        }
        for queue in &self.full {
            assert_eq!(kept[queue].len(), CAPACITY as usize, "{queue:?} was called full");
        }
    }

    async fn payments_must_be_kept(&self, home: &Home) {
        let rows = home
            .rows("SELECT transaction_id, ticket_code, amount FROM payment")
            .await;
        let mut kept = BTreeMap::new();
        for row in rows {
            let [transaction, code, amount] = <[String; 3]>::try_from(row).expect("three columns");
            assert_eq!(amount, FEE.to_string());
            kept.insert(transaction, code);
        }
        assert_eq!(
            kept, self.payments,
            "every payment has been told of, and none twice"
        );
        let contradictions = home.rows("SELECT transaction_id FROM contradiction").await;
        assert!(contradictions.is_empty(), "{contradictions:?}");
    }
}
