import Testing

/// Tests of real processes. One at a time: each runs several, and a Java machine beside them.
@Suite("Processes", .serialized, .timeLimit(.minutes(FaultRun.isLong ? 20 : 4)))
enum ProcessTests {}
