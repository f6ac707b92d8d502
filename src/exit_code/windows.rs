//! Exit codes of Windows containers: 32-bit NTSTATUS and HRESULT values (ntstatus.h, winerror.h). docker shows them
//! unsigned, Kubernetes as a negative number. Windows has no OOM killer: memory limits make allocations fail.

use super::{CauseRow, Explanation, MemoryLink, PossibleCause, blank, causes};

/// A status.
struct StatusRow {
    code: u32,
    name: &'static str,
    meaning: &'static str,
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
    meaning: &'static str,
    memory: MemoryLink,
    causes: &'static [CauseRow],
) -> StatusRow {
    StatusRow { code, name, meaning, memory, causes }
}

const STATUSES: &[StatusRow] = &[
    row(0x4001_0004, "DBG_TERMINATE_PROCESS", "the process was ended from outside", Rarely, STOP),
    row(0x8000_0003, "STATUS_BREAKPOINT", "a breakpoint or a failed assertion", Rarely, CRASH),
    row(0x8007_000e, "E_OUTOFMEMORY", "an allocation failed: out of memory", Often, MEMORY),
    row(0x8007_05af, "ERROR_COMMITMENT_LIMIT", "the paging file is too small for this operation", Often, MEMORY),
    row(0xc000_0005, "STATUS_ACCESS_VIOLATION", "it touched memory that is not its own", Sometimes, CRASH),
    row(0xc000_0017, "STATUS_NO_MEMORY", "not enough memory for an allocation", Often, MEMORY),
    row(0xc000_001d, "STATUS_ILLEGAL_INSTRUCTION", "the processor met an instruction it does not know", Rarely, CRASH),
    row(
        0xc000_009a,
        "STATUS_INSUFFICIENT_RESOURCES",
        "the system ran out of a resource, often pool memory",
        Often,
        MEMORY,
    ),
    row(0xc000_00fd, "STATUS_STACK_OVERFLOW", "the stack overflowed", Rarely, CRASH),
    row(
        0xc000_012d,
        "STATUS_COMMITMENT_LIMIT",
        "the commit limit was reached: no memory can be promised any more",
        Often,
        MEMORY,
    ),
    row(0xc000_0135, "STATUS_DLL_NOT_FOUND", "a library is missing", Rarely, LOADER),
    row(0xc000_013a, "STATUS_CONTROL_C_EXIT", "it was stopped by Ctrl-C or a shutdown event", Rarely, STOP),
    row(0xc000_0142, "STATUS_DLL_INIT_FAILED", "a library could not initialise", Rarely, LOADER),
    row(0xc000_0374, "STATUS_HEAP_CORRUPTION", "its heap was damaged", Rarely, CRASH),
    row(
        0xc000_0409,
        "STATUS_STACK_BUFFER_OVERRUN",
        "it failed fast: a damaged stack, or a deliberate abort",
        Sometimes,
        CRASH,
    ),
    row(
        0xe043_4352,
        "CLR_EXCEPTION",
        "an unhandled .NET exception; OutOfMemoryException is one of them",
        Sometimes,
        CRASH,
    ),
];

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
pub(super) fn explain(status: u32) -> Explanation {
    let row = STATUSES.iter().find(|row| row.code == status);
    let meaning =
        row.map_or("a Windows status with no entry here; look it up in ntstatus.h or winerror.h", |row| row.meaning);
    let mut found = blank(Some(i64::from(status)), meaning);
    found.hex = Some(format!("0x{status:08X}"));
    found.notes.push(format!(
        "A Windows status: docker shows {status}, Kubernetes {}, tools 0x{status:08X}.",
        status.cast_signed()
    ));
    found.notes.push("Windows has no OOM killer and no 137: at its memory limit, allocations fail.".to_owned());
    if let Some(row) = row {
        found.name = Some(row.name.to_owned());
        found.memory = row.memory;
        found.causes.extend(row.causes.iter().map(PossibleCause::from));
    }
    found
}
