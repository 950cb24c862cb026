extension SimulatedViber {
    /// How the simulated Viber behaves.
    package struct Configuration: Sendable {
        /// Messages to a person who answers none, within an hour.
        package var unansweredPerHour = 100
        /// Seconds after each failed try until the next one; after the last the callback is lost. Viber repeats for about an hour.
        package var redelivery = [1.0, 3, 10, 30, 120, 300, 600, 900, 1500]
        /// A webhook that has not answered by then has failed.
        package var answerSeconds = 5.0
        /// Whether people's devices are on: `delivered` comes at once.
        package var deliversAtOnce = true
        /// Whether webhooks and files may be plain http, as they are on loopback.
        package var takesPlainHTTP = true
        /// Whether files are fetched and held against what was said of them.
        package var fetchesMedia = true
        /// How long the address of a file lives that a person sent.
        package var mediaSeconds = 3600.0
        /// Whether `get_account_info` names the events that the webhook gets.
        package var namesEventTypes = true
        /// Seconds since 1970.
        package var clock: @Sendable () -> Double = { SystemSeconds.now }

        package init() {}
    }
}
