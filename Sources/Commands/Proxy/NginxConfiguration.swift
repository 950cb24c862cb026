import AgentProtocol
import Domain

/// The entry point as a configuration of nginx (1.18 and later).
///
/// Files stream both ways, nothing of them waits in the proxy. A request goes to the account's other connector where one cannot
/// be reached or says 503; a webhook also after it was sent, since every webhook may come twice.
struct NginxConfiguration: Sendable, Equatable {
    struct Options: Sendable, Equatable {
        /// What `listen` says: a port or an address with one.
        var listen: String?
        var serverName = "_"
        /// Certificate chain and key, as files; both or none.
        var certificate: String?
        var certificateKey: String?
        var accessLog = "/var/log/nginx/access.log"
        /// Only what belongs into `http { }`.
        var isIncluded = false
        var limits = Settings.Limits()
    }

    var routes: ProxyRoutes
    var options = Options()

    var text: String {
        var writer = NginxWriter()
        writer.comment(
            "The entry point of Eralink, as \"eralink proxy nginx\" printed it from accounts and running daemons.")
        writer.comment(
            "Print it again, and reload nginx, when an account comes or goes or a daemon has another address.")
        guard !options.isIncluded else {
            writeContent(to: &writer)
            return writer.text
        }
        writer.line("worker_processes auto;")
        writer.line("worker_rlimit_nofile 65536;")
        writer.block("events") { $0.line("worker_connections 16384;") }
        writer.block("http") { writeContent(to: &$0) }
        return writer.text
    }

    private func writeContent(to writer: inout NginxWriter) {
        writeLog(to: &writer)
        writer.block("map $http_upgrade $eralink_connection") {
            $0.line("default upgrade;")
            $0.line("\"\" \"\";")
        }
        writeUpstreams(to: &writer)
        writer.block("server") { server in
            writeServer(to: &server)
            for (index, account) in routes.accounts.enumerated() {
                writeAccount(account, upstream: upstream(account, index), to: &server)
            }
            writeServers(to: &server)
            writeAnswers(to: &server)
        }
    }

    private func upstream(_ account: ProxyRoutes.Account, _ index: Int) -> String {
        // nginx does not tell upstreams apart by capitals.
        "eralink_account_\(index + 1)_\(account.name.lowercased())"
    }

    private func writeLog(to writer: inout NginxWriter) {
        writer.comment(
            "The secret of a webhook and the signature of a link stand in paths and queries; neither is logged.")
        writer.block("map $uri $eralink_path") {
            $0.line(#""~^(?<eralink_webhook>/webhooks/[^/]+)/" "$eralink_webhook/-";"#)
            $0.line(#""~^(?<eralink_file>/files/[^/]+/[^/]+)/(?!link$)" "$eralink_file/-";"#)
            $0.line("default $uri;")
        }
        writer.line(
            "log_format eralink '$remote_addr [$time_iso8601] \"$request_method $eralink_path\" $status $body_bytes_sent '"
        )
        writer.line(
            "    '$request_time \"$http_user_agent\" $upstream_addr $upstream_status $upstream_response_time';")
    }

    private func writeUpstreams(to writer: inout NginxWriter) {
        writer.comment(
            "Nobody is taken for dead (max_fails=0): a 503 may be about one file, and says nothing of the next.")
        for (index, account) in routes.accounts.enumerated() where !account.connectors.isEmpty {
            writeUpstream(upstream(account, index), account.connectors, keepalive: 16, to: &writer)
        }
        if !routes.chats.isEmpty { writeUpstream("eralink_chat", routes.chats, keepalive: nil, to: &writer) }
        if !routes.loaders.isEmpty { writeUpstream("eralink_loader", routes.loaders, keepalive: 16, to: &writer) }
    }

    private func writeUpstream(
        _ name: String, _ addresses: [ListenAddress], keepalive: Int?, to writer: inout NginxWriter
    ) {
        writer.block("upstream \(name)") { writer in
            if keepalive == nil { writer.line("least_conn;") }
            for address in addresses { writer.line("server \(address) max_fails=0;") }
            if let keepalive { writer.line("keepalive \(keepalive);") }
        }
    }

    private func writeServer(to server: inout NginxWriter) {
        if let certificate = options.certificate, let key = options.certificateKey {
            server.line("listen \(options.listen ?? "443") ssl;")
            server.line("ssl_certificate \(NginxWriter.quoted(certificate));")
            server.line("ssl_certificate_key \(NginxWriter.quoted(key));")
            server.line("ssl_protocols TLSv1.2 TLSv1.3;")
            server.line("ssl_session_cache shared:eralink:10m;")
        } else {
            server.line("listen \(options.listen ?? "80");")
        }
        server.line("server_name \(options.serverName);")
        server.line("server_tokens off;")
        let log = options.accessLog == "off" ? "off" : "\(NginxWriter.quoted(options.accessLog)) eralink"
        server.line("access_log \(log);")
        server.line("client_header_timeout \(options.limits.headerTimeout.nginx);")
        server.line("large_client_header_buffers 4 \(NginxWriter.size(options.limits.headers));")
        server.line("client_max_body_size \(NginxWriter.size(options.limits.restBody));")
        server.line("client_body_timeout 60s;")
        server.line("send_timeout 60s;")
        server.line("keepalive_timeout \(options.limits.idleTimeout.nginx);")
        server.line("proxy_http_version 1.1;")
        Self.writeHeaders(connection: "\"\"", to: &server)
        server.line("proxy_connect_timeout 1s;")
        server.line("proxy_send_timeout 60s;")
        server.comment("A file that is still being fetched keeps its reader waiting for half a minute.")
        server.line("proxy_read_timeout 65s;")
        server.line("proxy_buffering off;")
        server.line("proxy_buffer_size 64k;")
        server.line("proxy_buffers 8 64k;")
        server.line("proxy_next_upstream error timeout http_503;")
        server.line("proxy_next_upstream_timeout 10s;")
    }

    private static func writeHeaders(connection: String, to writer: inout NginxWriter) {
        writer.line("proxy_set_header Host $host;")
        writer.line("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;")
        writer.line("proxy_set_header X-Forwarded-Proto $scheme;")
        writer.line("proxy_set_header Connection \(connection);")
    }

    private func writeAccount(_ account: ProxyRoutes.Account, upstream: String, to server: inout NginxWriter) {
        let hasNobody = account.connectors.isEmpty
        server.block("location = /files/\(account.name)") { location in
            if hasNobody { return Self.writeNobody(to: &location) }
            location.line("client_max_body_size \(NginxWriter.size(options.limits.uploadBytes));")
            location.line("proxy_request_buffering off;")
            location.line("proxy_pass http://\(upstream);")
        }
        server.block("location /files/\(account.name)/") { location in
            if hasNobody { return Self.writeNobody(to: &location) }
            location.line("proxy_pass http://\(upstream);")
        }
        server.block("location /webhooks/\(account.name)/") { location in
            if hasNobody { return Self.writeNobody(to: &location) }
            location.line("client_max_body_size \(NginxWriter.size(options.limits.webhookBody));")
            location.line("client_body_buffer_size 64k;")
            location.line("proxy_next_upstream error timeout http_503 non_idempotent;")
            location.line("proxy_pass http://\(upstream);")
        }
    }

    private func writeServers(to server: inout NginxWriter) {
        server.block("location = /v1/agent") { location in
            guard !routes.chats.isEmpty else { return Self.writeNobody(to: &location) }
            Self.writeHeaders(connection: "$eralink_connection", to: &location)
            location.line("proxy_set_header Upgrade $http_upgrade;")
            location.comment("The ChatServer pings far more often.")
            location.line("proxy_read_timeout 120s;")
            location.line("proxy_send_timeout 120s;")
            location.line("proxy_pass http://eralink_chat;")
        }
        server.block("location /v1/") { location in
            guard !routes.loaders.isEmpty else { return Self.writeNobody(to: &location) }
            location.line("proxy_pass http://eralink_loader;")
        }
    }

    private static func writeNobody(to location: inout NginxWriter) {
        location.line("add_header Retry-After 5 always;")
        location.answer(EralinkError(.unavailable, "nobody serves this now; try again in a while"))
    }

    /// What nginx says itself is said as everybody else here says it.
    private func writeAnswers(to server: inout NginxWriter) {
        server.line("default_type application/problem+json;")
        server.line("error_page 413 @eralink_too_large;")
        server.line("error_page 502 504 =503 @eralink_unavailable;")
        server.block("location @eralink_too_large") {
            $0.answer(EralinkError(.tooLarge, "the body is longer than may be sent here"))
        }
        server.block("location @eralink_unavailable") { Self.writeNobody(to: &$0) }
        server.block("location /") { $0.answer(EralinkError(.notFound, "there is nothing at this path")) }
    }
}

extension Duration {
    fileprivate var nginx: String { "\(components.seconds)s" }
}
