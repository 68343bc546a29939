//! What users rely on, run against what is shipped. Everything is in `tests/`: `hosts/` starts the hosts and plays what
//! `levee-behaviour` has written down, `replays/` plays whole days, `browser/` holds the journeys of people, and `client/` a client in another language.
