/// How long attempts at sending may take.
package enum AttemptTiming {
    /// What a request may take from its start to its answer. Long, since a send that is given up may have been taken; below
    /// the time after which the other member of a pair acts on it.
    package static let sendTimeout = Duration.seconds(30)

    /// After so long, counted from the claim by the database's clock, another holder may act on an attempt.
    static func deadline(sendTimeout: Duration) -> Duration { sendTimeout + .seconds(5) }
}
