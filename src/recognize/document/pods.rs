//! What outputs of one text say of the same pod: a row of `kubectl get pods` lacks the node and often the namespace, the description
//! below it has both.

use crate::event::{Event, Fact, RuntimeFact, What};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The namespace and node of a pod, as far as all that is said agrees.
#[derive(Default)]
struct Place {
    namespace: Option<Arc<str>>,
    host: Option<Arc<str>>,
    /// Pods of several namespaces have the name.
    ambiguous: bool,
    /// It was on several nodes.
    moved: bool,
}

/// Completes facts about pods by what other facts of the same document say.
pub(super) fn complete(events: &mut [Event]) {
    let mut places: BTreeMap<Arc<str>, Place> = BTreeMap::new();
    for (event, fact, pod) in events.iter().filter_map(of_pod) {
        let place = places.entry(pod).or_default();
        place.ambiguous |= differs(&place.namespace, &fact.container.namespace);
        place.moved |= differs(&place.host, &event.host);
        place.namespace = place.namespace.take().or_else(|| fact.container.namespace.clone());
        place.host = place.host.take().or_else(|| event.host.clone());
    }
    places.retain(|_, place| !place.ambiguous && (place.namespace.is_some() || place.host.is_some()));
    if places.is_empty() {
        return;
    }
    for event in events {
        let Some(place) = of_pod(event).and_then(|(_, _, pod)| places.get(&pod)) else { continue };
        event.host = event.host.take().or_else(|| place.host.clone().filter(|_| !place.moved));
        let Fact::Runtime(fact) = &mut event.fact else { continue };
        if fact.container.namespace.is_none() && place.namespace.is_some() {
            Arc::make_mut(&mut fact.container).namespace.clone_from(&place.namespace);
        }
    }
}

/// The only pod whose row shows that it ended, as the command that describes it: a piece of a description that names nobody, below
/// such a row, is about it.
pub(super) fn only_ended(events: &[Event]) -> Option<String> {
    let ended = |fact: &RuntimeFact| matches!(fact.what, What::Exited(_) | What::BackOff { .. });
    let rows = events.iter().filter_map(of_pod).filter(|(_, fact, _)| ended(fact) && fact.container.name.is_none());
    let mut pods: Vec<_> = rows.map(|(_, fact, pod)| (pod, fact.container.namespace.clone())).collect();
    pods.dedup();
    let [(pod, namespace)] = pods.as_slice() else { return None };
    let namespace = namespace.as_ref().map(|name| format!(" -n {name}")).unwrap_or_default();
    Some(format!("kubectl describe pod {pod}{namespace}"))
}

fn of_pod(event: &Event) -> Option<(&Event, &RuntimeFact, Arc<str>)> {
    match &event.fact {
        Fact::Runtime(fact) => Some((event, fact, fact.container.pod.clone()?)),
        _ => None,
    }
}

fn differs(a: &Option<Arc<str>>, b: &Option<Arc<str>>) -> bool {
    a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| a != b)
}

#[cfg(test)]
mod tests {
    use crate::recognize::document::tests::read_text;

    #[test]
    fn a_state_that_names_nobody_is_that_of_the_only_row() {
        let rows = "NAMESPACE   NAME     READY   STATUS      RESTARTS   AGE\nbakery      mint-0   0/1     OOMKilled   3          9m\nbakery      mint-1   1/1     Running     0          9m\n";
        let state = "\nand:\n\n    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n      Finished:     Tue, 03 Nov 2026 09:30:11 +0100\n";
        let last = |text: &str| {
            let (events, _) = read_text("paste.txt", text);
            let facts = crate::recognize::document::tests::facts(&events);
            let last = facts.last().unwrap_or_else(|| panic!("{text}"));
            (last.container.pod.as_deref().map(str::to_owned), last.container.namespace.as_deref().map(str::to_owned))
        };
        assert_eq!(last(&format!("{rows}{state}")), (Some("mint-0".into()), Some("bakery".into())));
        let two = format!("{rows}bakery      mint-2   0/1     Error       3          9m\n{state}");
        assert_eq!(last(&two), (None, None));
    }

    #[test]
    fn a_row_learns_from_the_description() {
        let rows = "NAME      READY   STATUS   RESTARTS   AGE\nmint-0    0/1     Error    0          9m\nmint-1    1/1     Running    0          9m\n";
        let described = |namespace: &str| {
            format!(
                "Name:         mint-0\nNamespace:    {namespace}\nNode:         n7/10.0.0.7\nLabels:       a=b\nContainers:\n  mint:\n    State:          Terminated\n      Exit Code:    1\n      Finished:     Tue, 03 Nov 2026 09:30:11 +0100\n"
            )
        };
        let places = |text: &str| -> Vec<(Option<String>, Option<String>)> {
            let (events, _) = read_text("paste.txt", text);
            let own = |text: Option<&str>| text.map(str::to_owned);
            let facts = crate::recognize::document::tests::facts(&events);
            events
                .iter()
                .zip(facts)
                .map(|(e, f)| (own(e.host.as_deref()), own(f.container.namespace.as_deref())))
                .collect()
        };
        let found = places(&format!("{rows}{}", described("bakery")));
        let (here, none) = ((Some("n7".to_owned()), Some("bakery".to_owned())), (None, None));
        assert_eq!(found, [here.clone(), none.clone(), here]);
        let found = places(&format!("{rows}{}{}", described("bakery"), described("dairy")));
        assert_eq!(found[0], none, "of which namespace the row is, nothing tells");
    }
}
