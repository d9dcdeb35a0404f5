//! The history of each source under many retrying clients is linearisable (Herlihy & Wing 1990): there is an order of all
//! operations, each at a moment between its call and its answer, in which each read gives what was written last. The order is
//! searched for each source by itself, as Wing & Gong (1993) do, with the states that were seen remembered.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use palimpsest::proto;
use tonic::Code;

use super::rig::{Rig, has_nats, prose};
use crate::harness::figure;

/// What an operation did to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// The text with this number took the place of what was there.
    Write(u64),
    /// The source was deleted; or it was not there.
    Delete { was_there: bool },
    /// The text with this number was read; 0 if there was none.
    Read(u64),
}

impl Action {
    /// The text that is there after it, if it can follow one: 0 is none.
    fn on(self, state: u64) -> Option<u64> {
        match self {
            Self::Write(text) => Some(text),
            Self::Delete { was_there } => (was_there == (state != 0)).then_some(0),
            Self::Read(text) => (text == state).then_some(state),
        }
    }
}

/// An operation between its call and its answer.
#[derive(Debug, Clone, Copy)]
struct Operation {
    called: Instant,
    answered: Instant,
    action: Action,
}

/// Whether some operations on a source that is not there at first can be put into an order that explains them.
fn is_linearisable(history: &[Operation]) -> bool {
    search(history, &mut vec![false; history.len()], 0, &mut HashSet::new())
}

/// Whether the operations that are not done can follow, with this text there.
fn search(
    history: &[Operation],
    done: &mut Vec<bool>,
    state: u64,
    seen: &mut HashSet<(Vec<bool>, u64)>,
) -> bool {
    let mut unchanging = Vec::new();
    let mut open = loop {
        let Some(first_answer) = first_answer(history, done) else { return true };
        // An operation that was called after another was answered comes after it.
        let open: Vec<usize> =
            (0..history.len()).filter(|at| !done[*at] && history[*at].called <= first_answer).collect();
        // One that may come now and changes nothing may as well come first.
        match open.iter().find(|at| history[**at].action.on(state) == Some(state)) {
            Some(at) => {
                done[*at] = true;
                unchanging.push(*at);
            }
            None => break open,
        }
    };
    // What has to come soon is tried first.
    open.sort_by_key(|at| history[*at].answered);
    let is_new = seen.insert((done.clone(), state));
    let explains = is_new
        && open.into_iter().any(|at| {
            let Some(next) = history[at].action.on(state) else { return false };
            done[at] = true;
            let explains = search(history, done, next, seen);
            done[at] = false;
            explains
        });
    for at in unchanging {
        done[at] = false;
    }
    explains
}

fn first_answer(history: &[Operation], done: &[bool]) -> Option<Instant> {
    let open = history.iter().zip(done).filter(|(_, done)| !**done);
    open.map(|(operation, _)| operation.answered).min()
}

#[test]
fn the_checker_tells_histories_apart() {
    let begin = Instant::now();
    let operation = |called: u64, answered: u64, action| Operation {
        called: begin + Duration::from_secs(called),
        answered: begin + Duration::from_secs(answered),
        action,
    };
    let write = operation(1, 5, Action::Write(7));
    for (read, expected) in [
        (operation(0, 2, Action::Read(0)), true),
        (operation(2, 3, Action::Read(7)), true),
        (operation(6, 7, Action::Read(7)), true),
        (operation(6, 7, Action::Read(0)), false),
        (operation(0, 2, Action::Read(8)), false),
        (operation(6, 7, Action::Delete { was_there: false }), false),
    ] {
        assert_eq!(is_linearisable(&[write, read]), expected, "{read:?}");
    }
    // A checker that tries all orders of these does not end.
    let at_once = |number| [Action::Write(number), Action::Read(number), Action::Read(number)];
    let at_once = (1..=8).flat_map(at_once).map(|action| operation(1, 5, action));
    let mut many: Vec<Operation> = at_once.chain([operation(6, 7, Action::Read(3))]).collect();
    assert!(is_linearisable(&many));
    many.push(operation(8, 9, Action::Read(4)));
    assert!(!is_linearisable(&many));
    let stale = [write, operation(2, 3, Action::Read(7)), operation(4, 6, Action::Read(0))];
    assert!(!is_linearisable(&stale));
}

/// Does a call until it is answered, and gives the answer: a refusal for good is one.
async fn answered<T, F: Future<Output = Result<T, tonic::Status>>>(
    mut call: impl FnMut(usize) -> F,
) -> Result<T, Code> {
    for attempt in 0.. {
        match call(attempt).await {
            Ok(answer) => return Ok(answer),
            Err(refused) if matches!(refused.code(), Code::NotFound | Code::AlreadyExists) => {
                return Err(refused.code());
            }
            Err(refused) => assert!(attempt < 1_000, "{refused:?}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!()
}

/// Clients of one source at once: the orders to search grow fast with them.
const CLIENTS_OF_A_SOURCE: u64 = 8;

fn text(number: u64) -> String {
    format!("text {number} {}", prose(number, 20).join(" "))
}

/// One operation of a client on a source.
async fn act(rig: &Rig, nodes: &[usize], key: u64, number: u64) -> Operation {
    let id = format!("source{key}");
    let node = |attempt: usize| nodes[(usize::try_from(number).unwrap() + attempt) % nodes.len()];
    let (called, request_id) = (Instant::now(), format!("operation-{number}"));
    let action = match number % 5 {
        0 | 1 => {
            let source = proto::Source { id, text: text(number), ..Default::default() };
            let if_exists = proto::IfExists::Replace.into();
            let request =
                proto::AddSourceRequest { source: Some(source), if_exists, request_id, ..Default::default() };
            let add = async |attempt| rig.corpus(node(attempt)).await.add_source(request.clone()).await;
            answered(add).await.unwrap();
            Action::Write(number)
        }
        2 => {
            let request = proto::DeleteSourceRequest { id, request_id, ..Default::default() };
            let delete = async |attempt| rig.corpus(node(attempt)).await.delete_source(request.clone()).await;
            Action::Delete { was_there: answered(delete).await.is_ok() }
        }
        _ => {
            let request = proto::GetSourceRequest { id, include_text: true, ..Default::default() };
            let get = async |attempt| rig.corpus(node(attempt)).await.get_source(request.clone()).await;
            let found = answered(get).await.ok().map(|found| found.into_inner().source.unwrap().text);
            Action::Read(found.map_or(0, |found| found.split(' ').nth(1).unwrap().parse().unwrap()))
        }
    };
    Operation { called, answered: Instant::now(), action }
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_of_sources_are_linearisable_under_kills() {
    if !has_nats() {
        return;
    }
    let mut rig = Rig::start_with(3, &["1/2", "2/2", "1/2", "2/2"], &["--cluster-reads", "strict"]).await;
    let clients = usize::try_from(figure("PALIMPSEST_CLUSTER_CLIENTS", 12)).unwrap();
    let sources = (clients as u64).div_ceil(CLIENTS_OF_A_SOURCE).max(6);
    let rounds = figure("PALIMPSEST_CLUSTER_ROUNDS", 2);
    let numbers = AtomicU64::new(1);
    for round in 0..rounds {
        let victim = usize::try_from(round % 4).unwrap();
        let nodes: Vec<usize> = (0..4).filter(|node| *node != victim).collect();
        let over = Arc::new(AtomicBool::new(false));
        let epoch = round * sources;
        let mut victim_process = rig.nodes[victim].take().unwrap();
        let ending = {
            let over = Arc::clone(&over);
            async move {
                tokio::time::sleep(Duration::from_millis(500)).await;
                victim_process.kill();
                tokio::time::sleep(Duration::from_millis(1_500)).await;
                over.store(true, Ordering::Relaxed);
            }
        };
        let client = async |client: usize| {
            let mut history = Vec::new();
            let mut turn = u64::try_from(client).unwrap();
            while !over.load(Ordering::Relaxed) {
                let key = epoch + turn % sources;
                history.push((key, act(&rig, &nodes, key, numbers.fetch_add(1, Ordering::Relaxed)).await));
                turn += 1;
            }
            history
        };
        let (histories, ()) = tokio::join!(futures_util::future::join_all((0..clients).map(client)), ending);
        let all: Vec<(u64, Operation)> = histories.into_iter().flatten().collect();
        assert!(all.len() > clients, "{} operations", all.len());
        for key in epoch..epoch + sources {
            let mut history: Vec<Operation> =
                all.iter().filter(|(of, _)| *of == key).map(|(_, operation)| *operation).collect();
            history.sort_by_key(|operation| operation.called);
            assert!(is_linearisable(&history), "round {round}, source {key}: {history:#?}");
        }
        rig.restart(victim).await;
    }
}
