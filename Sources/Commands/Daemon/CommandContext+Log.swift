import Logging

extension CommandContext {
    /// Sends the log of the whole process to standard error, as `log.level` and `log.format` say. To be called once, by the
    /// commands that are daemons.
    ///
    /// - Returns: what hides secrets, to be told of each that is read.
    package func startLogging() -> LogRedactor {
        let redactor = LogRedactor()
        let makeHandler = logHandler(redactor)
        LoggingSystem.bootstrap { label in makeHandler(label) }
        return redactor
    }

    /// The logger of a command that is no daemon. Its errors are told by its one line, so it logs only where `--log-level`
    /// was given.
    package func logger(_ label: String) -> Logger {
        let makeHandler = logHandler(LogRedactor())
        var logger = Logger(label: label) { makeHandler($0) }
        if loadedSettings.origins["log.level"] != "--log-level" { logger.logLevel = .critical }
        return logger
    }

    /// The handlers of `startLogging`, for tests without a bootstrap of the process.
    func logHandler(_ redactor: LogRedactor) -> @Sendable (String) -> StandardErrorLog {
        if let auth = settings.zookeeper.auth { redactor.hide(auth.value) }
        let (settings, now, error) = (settings.log, now, output.standardError)
        return { label in
            StandardErrorLog(label: label, level: settings.level, format: settings.format, redactor: redactor, now: now)
            {
                // A daemon goes on without its log.
                try? error.write($0)
            }
        }
    }
}
