extension SimulatedTelegram {
    /// How the simulated Telegram behaves.
    package struct Configuration: Sendable {
        /// Nil switches the limits off, for benchmarks; what was sent is measured all the same.
        package var rates: Rates? = Rates()
        /// How many messages of each chat are remembered; nil for all. Numbers are exact in any case.
        package var keptMessages: Int?
        /// The first update id of the first bot; each bot made later begins a million higher.
        package var firstUpdateID = 700_000_001
        /// Seconds since 1970.
        package var clock: @Sendable () -> Double = { SystemSeconds.now }

        package init() {}

        /// No limits and little memory: thousands of messages a second for hours.
        package static var benchmark: Configuration {
            var configuration = Configuration()
            configuration.rates = nil
            configuration.keptMessages = 20
            return configuration
        }
    }

    /// The limits of section 6, which Telegram publishes as guidance.
    package struct Rates: Sendable {
        package var botPerSecond = 30.0
        package var botBurst = 30.0
        package var chatPerSecond = 1.0
        package var chatBurst = 3.0
        package var groupPerMinute = 20.0

        package init() {}
    }
}
