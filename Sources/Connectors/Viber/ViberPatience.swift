import Domain

/// How long what Viber did not take waits, where Viber does not say it.
enum ViberPatience {
    /// Status 12 has two reasons: the bot sends too fast, or the customer got a hundred messages within an hour and answered none. The
    /// first passes in seconds and may hold the account; the second is the customer's own and must hold up nobody else.
    ///
    /// - Parameter times: in a row in this chat, this one included.
    static func afterThrottle(_ times: Int, jitter: Double) -> SendOutcome {
        guard times <= 3 else {
            return .notTaken(
                Reason(
                    code: "rate_limited",
                    text: "Viber takes no more messages to this customer for now; they go out once the customer writes")
            )
        }
        return .throttled(retryAfter: .milliseconds(Int64(Double(2000 << times) * (0.75 + 0.5 * jitter))))
    }

    /// A general error: "retry a few times, then fail" (providers' digest, section 11).
    static func afterFailure(_ times: Int, _ reason: Reason) -> SendOutcome {
        times < 5 ? .notTaken(reason) : .refused(reason, blocked: false)
    }
}
