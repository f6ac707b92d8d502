//! Commands that people paste with their output, and what they say of it that the output does not.

/// The pod of `kubectl describe pod ledger-0 -n shop` (also `oc`, `pods`, `po`, `pod/ledger-0`), with or without a prompt.
pub(super) struct Described {
    pub pod: Option<String>,
    pub namespace: Option<String>,
}

/// What such a command describes; `None` for any other line.
pub(super) fn described(line: &str) -> Option<Described> {
    let (head, rest) = line.split_once("describe ")?;
    let program = head.split_whitespace().find(|word| {
        let name = word.rsplit('/').next().unwrap_or(word).trim_start_matches(['$', '#', '>', '`']);
        matches!(name, "kubectl" | "kubectl.sh" | "oc" | "k" | "kubecolor" | "microk8s.kubectl")
    });
    program?;
    // Other outputs may stand behind a pipe.
    let words: Vec<&str> = rest.split('|').next().unwrap_or(rest).split_whitespace().collect();
    let all: Vec<&str> = head.split_whitespace().chain(words.iter().copied()).collect();
    let namespace = all.windows(2).find(|pair| matches!(pair[0], "-n" | "--namespace")).map(|pair| pair[1]);
    let namespace = namespace.or_else(|| all.iter().find_map(|word| word.strip_prefix("--namespace=")));
    let own: Vec<&str> = plain_words(&words);
    let kinds = ["pod", "pods", "po"];
    let pod = match own.as_slice() {
        [kind, name] if kinds.contains(kind) => Some(*name),
        [one] => one.split_once('/').filter(|(kind, _)| kinds.contains(kind)).map(|(_, name)| name),
        _ => None,
    };
    let named = |name: &&str| !name.is_empty() && !name.contains(['<', '$', '{', '"', '`']);
    Some(Described { pod: pod.filter(named).map(str::to_owned), namespace: namespace.filter(named).map(str::to_owned) })
}

/// Words that are neither options nor their values.
fn plain_words<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let takes_value = |word: &str| matches!(word, "-n" | "--namespace" | "--context" | "-l" | "--selector");
    let mut plain = Vec::new();
    let mut skip = false;
    for word in words {
        if !skip && !word.starts_with('-') {
            plain.push(*word);
        }
        skip = takes_value(word);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn described_pods() {
        for (line, pod, namespace) in [
            ("$ kubectl describe pod ledger-0 -n shop", Some("ledger-0"), Some("shop")),
            ("kubectl -n shop describe po/ledger-0", Some("ledger-0"), Some("shop")),
            ("[12:54:41] $ ./cluster/kubectl.sh describe pod ledger-0", Some("ledger-0"), None),
            ("oc describe pods --namespace=shop ledger-0 | grep -A5 State", Some("ledger-0"), Some("shop")),
            ("$kubectl describe pod ledger-0", Some("ledger-0"), None),
            ("kubectl describe node n1", None, None),
            ("kubectl describe pod <name> -n <ns>", None, None),
        ] {
            let found = described(line).unwrap();
            assert_eq!((found.pod.as_deref(), found.namespace.as_deref()), (pod, namespace), "{line}");
        }
        assert!(described("I describe what happened").is_none());
        assert!(described("Name: x").is_none());
    }
}
