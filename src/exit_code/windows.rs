//! Exit codes of Windows containers: 32-bit NTSTATUS and HRESULT values (ntstatus.h, winerror.h). docker shows them
//! unsigned, Kubernetes as a negative number. Windows has no OOM killer: memory limits make allocations fail.

use super::{CauseRow, Explanation, MemoryLink, blank, causes};
use crate::language::{Key, Language};
use crate::{key, say};

/// A status.
struct StatusRow {
    code: u32,
    name: &'static str,
    meaning: Key,
    memory: MemoryLink,
    causes: &'static [CauseRow],
}

use MemoryLink::{Often, Rarely, Sometimes};

const MEMORY: &[CauseRow] = &[causes::WINDOWS_COMMIT];
const CRASH: &[CauseRow] = &[causes::WINDOWS_CRASH];
const STOP: &[CauseRow] = &[causes::WINDOWS_STOP];
const LOADER: &[CauseRow] = &[causes::WINDOWS_LOADER];

const fn row(
    code: u32,
    name: &'static str,
    meaning: Key,
    memory: MemoryLink,
    causes: &'static [CauseRow],
) -> StatusRow {
    StatusRow { code, name, meaning, memory, causes }
}

const STATUSES: &[StatusRow] = &[
    row(0x4001_0004, "DBG_TERMINATE_PROCESS", key!("codes-windows-dbg-terminate-process"), Rarely, STOP),
    row(0x8000_0003, "STATUS_BREAKPOINT", key!("codes-windows-status-breakpoint"), Rarely, CRASH),
    row(0x8007_000e, "E_OUTOFMEMORY", key!("codes-windows-e-outofmemory"), Often, MEMORY),
    row(0x8007_05af, "ERROR_COMMITMENT_LIMIT", key!("codes-windows-error-commitment-limit"), Often, MEMORY),
    row(0xc000_0005, "STATUS_ACCESS_VIOLATION", key!("codes-windows-status-access-violation"), Sometimes, CRASH),
    row(0xc000_0017, "STATUS_NO_MEMORY", key!("codes-windows-status-no-memory"), Often, MEMORY),
    row(0xc000_001d, "STATUS_ILLEGAL_INSTRUCTION", key!("codes-windows-status-illegal-instruction"), Rarely, CRASH),
    row(
        0xc000_009a,
        "STATUS_INSUFFICIENT_RESOURCES",
        key!("codes-windows-status-insufficient-resources"),
        Often,
        MEMORY,
    ),
    row(0xc000_00fd, "STATUS_STACK_OVERFLOW", key!("codes-windows-status-stack-overflow"), Rarely, CRASH),
    row(0xc000_012d, "STATUS_COMMITMENT_LIMIT", key!("codes-windows-status-commitment-limit"), Often, MEMORY),
    row(0xc000_0135, "STATUS_DLL_NOT_FOUND", key!("codes-windows-status-dll-not-found"), Rarely, LOADER),
    row(0xc000_013a, "STATUS_CONTROL_C_EXIT", key!("codes-windows-status-control-c-exit"), Rarely, STOP),
    row(0xc000_0142, "STATUS_DLL_INIT_FAILED", key!("codes-windows-status-dll-init-failed"), Rarely, LOADER),
    row(0xc000_0374, "STATUS_HEAP_CORRUPTION", key!("codes-windows-status-heap-corruption"), Rarely, CRASH),
    row(
        0xc000_0409,
        "STATUS_STACK_BUFFER_OVERRUN",
        key!("codes-windows-status-stack-buffer-overrun"),
        Sometimes,
        CRASH,
    ),
    row(0xe043_4352, "CLR_EXCEPTION", key!("codes-windows-clr-exception"), Sometimes, CRASH),
];

/// `ERROR_COMMITMENT_LIMIT` as a plain Win32 error (winerror.h): the paging file is too small.
pub(super) const COMMITMENT_LIMIT: i64 = 1455;

/// The 32-bit status a code stands for, when it is one: docker shows 3221225477, Kubernetes -1073741819, and a 64-bit
/// reader the sign-extended number; all are `0xC0000005`.
pub(super) fn as_status(code: i64) -> Option<u32> {
    let status = u32::try_from(code).or_else(|_| i32::try_from(code).map(i32::cast_unsigned)).ok()?;
    let known = STATUSES.iter().any(|row| row.code == status);
    // 0xC... is an NTSTATUS error, 0x8007... a Win32 error as HRESULT. Small negative numbers are 0xFFFF....
    let looks_like_one = (0xc000_0000..0xd000_0000).contains(&status) || status >> 16 == 0x8007;
    (known || looks_like_one).then_some(status)
}

/// The status of a name.
pub(super) fn find(name: &str) -> Option<u32> {
    STATUSES.iter().find(|row| row.name.eq_ignore_ascii_case(name)).map(|row| row.code)
}

/// The explanation.
pub(super) fn explain(status: u32, language: Language) -> Explanation {
    let row = STATUSES.iter().find(|row| row.code == status);
    let meaning = row.map_or(key!("codes-windows-unknown"), |row| row.meaning);
    let mut found = blank(Some(i64::from(status)), meaning.tell(language));
    let hex = format!("0x{status:08X}");
    let (unsigned, signed) = (status.to_string(), status.cast_signed().to_string());
    found.notes.push(say!(language, "codes-windows-spellings", unsigned = unsigned, signed = signed, hex = &hex));
    found.notes.push(say!(language, "codes-windows-no-oom"));
    found.hex = Some(hex);
    if let Some(row) = row {
        found.name = Some(row.name.to_owned());
        found.memory = row.memory;
        found.add_causes(row.causes, language);
    }
    found
}
