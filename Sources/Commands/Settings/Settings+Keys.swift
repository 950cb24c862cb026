extension Settings {
    /// Every key, in the order of the documentation.
    package static let keys: [SettingKey] = [
        SettingKey(
            "database.url", \.database.url, .databaseURL,
            "the database as a libpq URI; with several hosts, `target_session_attrs=read-write` is added"),
        SettingKey("database.pool", \.database.pool, .integer(1...1000), "connections that one process holds at most"),
        SettingKey(
            "zookeeper.connect", \.zookeeper.connect, .text("HOST:PORT,…/PATH"),
            "the ensemble and our path in it: `h1:2181,h2:2181/eralink`"),
        SettingKey(
            "zookeeper.session_timeout", \.zookeeper.sessionTimeout, .duration(.seconds(1) ... .seconds(600)),
            "how long a silent process counts as alive; a standby takes over that much later"),
        SettingKey(
            "zookeeper.auth", \.zookeeper.auth, .secret,
            "digest credentials `user:password`, or `@FILE` that holds them"),
        SettingKey(
            "secrets.key_file", \.secrets.keyFile, .path,
            "the key that encrypts secrets and signs links, made by `eralink key create`"),
        SettingKey(
            "http.server.host", \.server.host, .text("ADDRESS"), "address that a daemon listens at; flag `--host`"),
        SettingKey(
            "http.server.port", \.server.port, .integer(0...65_535),
            "port that a daemon listens at, 0 = any free one; flag `--port`",
            shownDefault: "chat \(DefaultPort.chat), loader \(DefaultPort.loader), connectors \(DefaultPort.connector)"),
        SettingKey("http.client.proxy", \.client.proxy, .proxyURL, "proxy of outgoing requests, as a URL"),
        SettingKey("http.client.ca_file", \.client.caFile, .path, "certificates (PEM) trusted by outgoing requests"),
        SettingKey("chat.url", \.urls.chat, .webURL, "where the command line finds the ChatServer"),
        SettingKey("loader.url", \.urls.loader, .webURL, "where the command line finds the Interaction Loader"),
        SettingKey("files.url", \.urls.files, .webURL, "base of file links for agents: the proxy, or one connector"),
        SettingKey("token_file", \.tokenFile, .path, "file with the agent token that the command line uses"),
        SettingKey("log.level", \.log.level, .logLevel, "least level that is logged"),
        SettingKey("log.format", \.log.format, .choice(), "form of the log on standard error"),
        SettingKey(
            "limits.upload_bytes", \.limits.uploadBytes, .size(1...(64 << 30)), "one uploaded file; past it 413"),
        SettingKey(
            "limits.webhook_body", \.limits.webhookBody, .size(1024...(1 << 30)), "one webhook's body; past it 413"),
        SettingKey(
            "limits.rest_body", \.limits.restBody, .size(1024...(1 << 30)), "one REST request's body; past it 413"),
        SettingKey(
            "limits.headers", \.limits.headers, .size(1024...(1 << 20)), "the headers of a request; past it 431"),
        SettingKey(
            "limits.header_timeout", \.limits.headerTimeout, .duration(.milliseconds(100) ... .seconds(3600)),
            "time for a request's headers to arrive; past it 408"),
        SettingKey(
            "limits.idle_timeout", \.limits.idleTimeout, .duration(.milliseconds(100) ... .seconds(86_400)),
            "time that an idle HTTP connection is kept"),
        SettingKey(
            "limits.sessions_per_token", \.limits.sessionsPerToken, .integer(1...100_000),
            "WebSocket sessions of one token; past it `rate_limited`"),
        SettingKey(
            "limits.sessions", \.limits.sessions, .integer(1...10_000_000),
            "WebSocket sessions of one process; past it 503"),
        SettingKey(
            "limits.requests_per_token_per_s", \.limits.requestsPerTokenPerSecond, .integer(1...1_000_000),
            "REST requests of one token in a second; past it 429"),
        SettingKey(
            "limits.events_unread", \.limits.eventsUnread, .integer(1...1_000_000),
            "events waiting for one session before it is fed from the log"),
        SettingKey(
            "limits.bytes_unread", \.limits.bytesUnread, .size(1024...(1 << 30)),
            "bytes waiting for one session before it is fed from the log"),
        SettingKey(
            "agent.release_after", \.releaseAfter, .duration(.seconds(1) ... .seconds(30 * 86_400)),
            "time after which a disconnected agent's chats go back to waiting", shownDefault: "off", off: "off"),
        SettingKey(
            "events.retention", \.eventRetention, .duration(.seconds(3600) ... .seconds(366 * 86_400)),
            "how long the event log is kept; older cursors are not resumed"),
        SettingKey(
            "shutdown.grace", \.shutdownGrace, .duration(.seconds(0) ... .seconds(3600)),
            "time that SIGTERM leaves to what is in flight"),
    ]

    package static func key(named name: String) -> SettingKey? { keys.first { $0.name == name } }
}
