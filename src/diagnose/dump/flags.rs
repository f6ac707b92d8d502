//! The flags of a request (`include/linux/gfp_types.h`, named by `%pGg` since Linux 4.6).

use super::explained;
use crate::language::Language;
use crate::report::Explained;
use crate::say;

/// The low byte has kept its meaning from 2.6 to today, but for 0x10; the rest moved several times, so a mask without
/// names is explained as far as this goes.
const LOW_BITS: &[(u64, &str)] = &[
    (0x01, "__GFP_DMA"),
    (0x02, "__GFP_HIGHMEM"),
    (0x04, "__GFP_DMA32"),
    (0x08, "__GFP_MOVABLE"),
    (0x20, "__GFP_HIGH"),
    (0x40, "__GFP_IO"),
    (0x80, "__GFP_FS"),
];

/// The printed names, or those of the mask's low byte, with what they allow.
pub(super) fn explain(names: &[String], mask: u64, language: Language) -> Vec<Explained> {
    if names.is_empty() {
        let set = LOW_BITS.iter().filter(|(bit, _)| mask & bit != 0);
        return set.map(|(_, name)| explained(*name, meaning(name, language))).collect();
    }
    names.iter().map(|name| explained(name, meaning(name, language))).collect()
}

fn meaning(name: &str, language: Language) -> Option<String> {
    composite(name, language).or_else(|| single(name.trim_start_matches('_'), language))
}

/// Names for the usual combinations.
fn composite(name: &str, language: Language) -> Option<String> {
    Some(match name {
        "GFP_KERNEL" => say!(language, "dump-gfp-kernel"),
        "GFP_KERNEL_ACCOUNT" => say!(language, "dump-gfp-kernel-account"),
        "GFP_USER" => say!(language, "dump-gfp-user"),
        "GFP_HIGHUSER" => say!(language, "dump-gfp-highuser"),
        "GFP_HIGHUSER_MOVABLE" => say!(language, "dump-gfp-highuser-movable"),
        "GFP_TRANSHUGE" | "GFP_TRANSHUGE_LIGHT" => say!(language, "dump-gfp-transhuge"),
        "GFP_NOFS" => say!(language, "dump-gfp-nofs"),
        "GFP_NOIO" => say!(language, "dump-gfp-noio"),
        "GFP_ATOMIC" => say!(language, "dump-gfp-atomic"),
        "GFP_NOWAIT" => say!(language, "dump-gfp-nowait"),
        "GFP_TEMPORARY" => say!(language, "dump-gfp-temporary"),
        "GFP_DMA" => say!(language, "dump-gfp-dma"),
        "GFP_DMA32" => say!(language, "dump-gfp-dma32"),
        _ => return None,
    })
}

fn single(name: &str, language: Language) -> Option<String> {
    Some(match name {
        "GFP_DMA" => say!(language, "dump-gfp-dma"),
        "GFP_DMA32" => say!(language, "dump-gfp-dma32"),
        "GFP_HIGHMEM" => say!(language, "dump-gfp-highmem"),
        "GFP_MOVABLE" => say!(language, "dump-gfp-movable"),
        "GFP_RECLAIMABLE" => say!(language, "dump-gfp-reclaimable"),
        "GFP_HIGH" => say!(language, "dump-gfp-high"),
        "GFP_IO" => say!(language, "dump-gfp-io"),
        "GFP_FS" => say!(language, "dump-gfp-fs"),
        "GFP_ZERO" => say!(language, "dump-gfp-zero"),
        "GFP_ATOMIC" => say!(language, "dump-gfp-atomic"),
        "GFP_DIRECT_RECLAIM" => say!(language, "dump-gfp-direct-reclaim"),
        "GFP_KSWAPD_RECLAIM" => say!(language, "dump-gfp-kswapd-reclaim"),
        "GFP_RECLAIM" | "GFP_WAIT" => say!(language, "dump-gfp-reclaim"),
        "GFP_WRITE" => say!(language, "dump-gfp-write"),
        "GFP_NOWARN" => say!(language, "dump-gfp-nowarn"),
        "GFP_RETRY_MAYFAIL" | "GFP_REPEAT" => say!(language, "dump-gfp-retry-mayfail"),
        "GFP_NOFAIL" => say!(language, "dump-gfp-nofail"),
        "GFP_NORETRY" => say!(language, "dump-gfp-noretry"),
        "GFP_MEMALLOC" => say!(language, "dump-gfp-memalloc"),
        "GFP_NOMEMALLOC" => say!(language, "dump-gfp-nomemalloc"),
        "GFP_COMP" => say!(language, "dump-gfp-comp"),
        "GFP_HARDWALL" => say!(language, "dump-gfp-hardwall"),
        "GFP_THISNODE" => say!(language, "dump-gfp-thisnode"),
        "GFP_ACCOUNT" => say!(language, "dump-gfp-account"),
        "GFP_COLD" => say!(language, "dump-gfp-cold"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[Explained]) -> Vec<&str> {
        list.iter().map(|flag| flag.name.as_str()).collect()
    }

    #[test]
    fn printed_names_win_over_the_mask() {
        let printed = ["GFP_HIGHUSER_MOVABLE".to_owned(), "__GFP_ZERO".to_owned(), "0x8000000".to_owned()];
        let told = explain(&printed, 0x140_dca, Language::English);
        assert_eq!(names(&told), ["GFP_HIGHUSER_MOVABLE", "__GFP_ZERO", "0x8000000"]);
        assert!(told[0].meaning.is_some() && told[1].meaning.is_some());
        assert_eq!(told[2].meaning, None, "a bit without a name is not explained");
    }

    #[test]
    fn a_mask_of_an_old_kernel_is_told_by_its_low_byte() {
        // 3.10: GFP_HIGHUSER_MOVABLE with __GFP_COLD. 0x10 was WAIT then and is RECLAIMABLE now: left out.
        let told = explain(&[], 0x201da, Language::English);
        assert_eq!(names(&told), ["__GFP_HIGHMEM", "__GFP_MOVABLE", "__GFP_IO", "__GFP_FS"]);
        assert!(explain(&[], 0, Language::English).is_empty());
    }

    #[test]
    fn every_bit_of_the_low_byte_has_words() {
        for language in Language::ALL {
            assert!(LOW_BITS.iter().all(|(_, name)| meaning(name, language).is_some()));
        }
    }
}
