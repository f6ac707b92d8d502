//! The catalogues, read at their first use.

use super::{Language, Value};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::OnceLock;
use unic_langid::LanguageIdentifier;

/// The Fluent files of a language.
pub(super) const fn files(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &[
            include_str!("../../lang/en/tell.ftl"),
            include_str!("../../lang/en/join.ftl"),
            include_str!("../../lang/en/render.ftl"),
            include_str!("../../lang/en/codes.ftl"),
            include_str!("../../lang/en/cli.ftl"),
        ],
        Language::Chinese => &[
            include_str!("../../lang/zh-CN/tell.ftl"),
            include_str!("../../lang/zh-CN/join.ftl"),
            include_str!("../../lang/zh-CN/render.ftl"),
            include_str!("../../lang/zh-CN/codes.ftl"),
            include_str!("../../lang/zh-CN/cli.ftl"),
        ],
    }
}

type Bundle = FluentBundle<FluentResource>;

fn bundle(language: Language) -> &'static Bundle {
    static ENGLISH: OnceLock<Bundle> = OnceLock::new();
    static CHINESE: OnceLock<Bundle> = OnceLock::new();
    let cell = match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    };
    cell.get_or_init(|| read(language))
}

/// Faults of a file are a test's to find: what could be read of it is used.
fn read(language: Language) -> Bundle {
    let locale: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![locale]);
    // The marks that keep right-to-left names apart would end up in logs and copied commands.
    bundle.set_use_isolating(false);
    // The only fault is a function of that name, and there is none.
    drop(bundle.add_function("CAPITAL", |values, _| capital(values)));
    for file in files(language) {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(partly, _)| partly);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// `CAPITAL($name)`: a name that may stand first in an English sentence.
fn capital<'a>(values: &[FluentValue<'a>]) -> FluentValue<'a> {
    match values {
        [FluentValue::String(name)] => {
            let mut rest = name.chars();
            let first = rest.next().into_iter().flat_map(char::to_uppercase);
            FluentValue::from(first.chain(rest).collect::<String>())
        }
        [other, ..] => other.clone(),
        [] => FluentValue::None,
    }
}

/// The message in the language, or in English, or its key.
pub(super) fn message(language: Language, key: &str, values: &[(&'static str, Value<'_>)]) -> String {
    let mut args = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        args.set(*name, value.fluent(language));
    }
    let of = |language| {
        let bundle = bundle(language);
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    };
    of(language).or_else(|| of(Language::English)).unwrap_or_else(|| key.to_owned())
}
