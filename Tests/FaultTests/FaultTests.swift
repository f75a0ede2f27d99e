import Testing

/// The built program, as processes that are killed, stopped, frozen and misused, judged by the
/// sandbox's tally. One after another: each is heavy, and their waits are real.
@Suite(.serialized, .enabled(if: Program.isThere, "build the release product quayside first"))
struct FaultTests {}
